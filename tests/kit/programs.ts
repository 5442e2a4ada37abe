import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A program of the system that tests run. */
export interface Program {
  readonly name: string;
  /** Debian packages that contain it. */
  readonly packages: readonly string[];
  /** Only root can use it. */
  readonly needsRoot?: true;
  /** Folder into which its packages are unpacked, because they could not be installed beside others. */
  readonly unpackedInto?: string;
  /** Returns its path on this machine, or `undefined`. */
  find(): string | undefined;
}

/** Folder for fetched programs, databases and logs of test runs. */
const CACHE_FOLDER = join(import.meta.dirname ?? ".", "../../.test");

/** Debian allows only one FTP server. */
export const PROFTPD_FOLDER = join(CACHE_FOLDER, "proftpd");

/** Debian allows only one mail server. */
export const EXIM_FOLDER = join(CACHE_FOLDER, "exim");

const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"];

/** The PostgreSQL server. `find` gives `initdb`'s neighbour `postgres`. */
export const postgres: Program = {
  name: "PostgreSQL",
  packages: ["postgresql"],
  find: () => findIn(["postgres"], [...postgresFolders(), ...SYSTEM_FOLDERS]),
};

/** A common pooler for PostgreSQL. */
export const pgbouncer: Program = {
  name: "PgBouncer",
  packages: ["pgbouncer"],
  find: () => findIn(["pgbouncer"], SYSTEM_FOLDERS),
};

/** The browser. The variant without windows takes half of the time. */
export const chromium: Program = {
  name: "Chromium",
  packages: ["chromium-headless-shell"],
  find: () =>
    findIn(["chromium-headless-shell"], SYSTEM_FOLDERS) ??
      findIn(["chromium", "chromium-browser", "google-chrome"], SYSTEM_FOLDERS),
};

/** The FTP server. */
export const vsftpd: Program = {
  name: "vsftpd",
  packages: ["vsftpd", "libpam-pwdfile"],
  needsRoot: true,
  find: () =>
    isRoot() && findIn(["pam_pwdfile.so"], pamFolders())
      ? findIn(["vsftpd"], SYSTEM_FOLDERS)
      : undefined,
};

/** The second FTP server, with different answers. */
export const proftpd: Program = {
  name: "ProFTPD",
  packages: [
    "proftpd-core",
    "proftpd-mod-crypto",
    "libhashkit2",
    "libhiredis0.14",
    "libmemcached11",
    "libmemcachedutil2",
    "libpcre2-posix3",
    "libsodium23",
  ],
  needsRoot: true,
  unpackedInto: PROFTPD_FOLDER,
  find: () => isRoot() ? findIn(["proftpd"], [join(PROFTPD_FOLDER, "usr/sbin")]) : undefined,
};

/** The mail server. It looks its own account up, which only the wrapper of name services knows. */
export const exim: Program = {
  name: "Exim",
  packages: [
    "exim4-daemon-light",
    "libdb5.3",
    "libevent-2.1-7",
    "libgnutls-dane0",
    "libidn12",
    "libnss-wrapper",
    "libunbound8",
  ],
  needsRoot: true,
  unpackedInto: EXIM_FOLDER,
  find: () => isRoot() ? findIn(["exim4"], [join(EXIM_FOLDER, "usr/sbin")]) : undefined,
};

/** The proxy for several servers. */
export const haproxy: Program = {
  name: "HAProxy",
  packages: ["haproxy"],
  find: () => findIn(["haproxy"], SYSTEM_FOLDERS),
};

/** The proxy of the documentation's example. */
export const nginx: Program = {
  name: "nginx",
  packages: ["nginx"],
  find: () => findIn(["nginx"], SYSTEM_FOLDERS),
};

/** Makes the certificates of the FTP servers. */
export const openssl: Program = {
  name: "OpenSSL",
  packages: ["openssl"],
  find: () => findIn(["openssl"], SYSTEM_FOLDERS),
};

/** Whether this process may install programs and run those that need root. */
export function isRoot(): boolean {
  return Deno.uid() === 0;
}

function findIn(names: readonly string[], folders: readonly string[]): string | undefined {
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path)
  );
}

/** Debian has a folder for each major version. The newest comes first. */
function postgresFolders(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, "bin"));
}

/** Debian keeps libraries in a folder named after the processor. */
function pamFolders(): string[] {
  return readdirSync("/lib").map((name) => join("/lib", name, "security"));
}

/** The folders of the libraries that were unpacked into a folder. Debian names one after the processor. */
export function libraryFolders(folder: string): string[] {
  const root = join(folder, "usr/lib");
  return [...Deno.readDirSync(root)].map(({ name }) => join(root, name));
}
