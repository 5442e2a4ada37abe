import { join } from "node:path";
import { type Account, findAccount } from "./accounts.ts";
import { makeCertificate, runOpenssl } from "./certificate.ts";
import { freePort } from "./free_port.ts";
import { startServer } from "./server_process.ts";
import { tempFolder } from "./temp.ts";

/** Options of an FTP server for tests. */
export interface FtpServerOptions {
  /**
   * `required` refuses a sign-in without explicit TLS; `implicit` begins with TLS; `none` offers no
   * TLS. Default: `required`.
   */
  readonly tls?: "required" | "implicit" | "none";
  /**
   * `required` refuses data connections that do not resume the TLS session of the control
   * connection. Default: `optional`.
   */
  readonly sessionReuse?: "required" | "optional";
}

/** A private FTP server on the loopback interface, with one account. */
export interface FtpServer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** `FTP_URL` of the server: scheme, account, address and `/`. */
  readonly url: string;
  /** The server's certificate in PEM, which clients must trust explicitly. */
  readonly certificate: string;
  /** The certificate's file, for `FTP_CA_FILE`. */
  readonly certificateFile: string;
  /** The folder on disk that the account sees as `/`. */
  readonly folder: string;
  /** The server's output, for the message of a failed test. */
  output(): string;
  /** Ends the server and its sessions, with `SIGKILL` like a crash. Files stay. */
  kill(signal?: Deno.Signal): Promise<void>;
  /** Starts it again on the same port with the same files. */
  restart(): Promise<void>;
}

/** The only account of the tests' FTP servers. */
export const FTP_ACCOUNT = { user: "avatars", password: "correct horse" } as const;

/** Values for the configuration of a server program. */
export interface FtpPlace extends Required<FtpServerOptions> {
  /** Folder for configuration, passwords and logs. */
  readonly home: string;
  /** Folder that {@linkcode FTP_ACCOUNT} sees as `/`. It belongs to `guest`. */
  readonly folder: string;
  readonly port: number;
  /** The account of this machine that {@linkcode FTP_ACCOUNT} acts as. */
  readonly guest: Account;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** SHA-512 `crypt` hash of the password, as in the files of FTP servers. */
  readonly passwordHash: string;
}

/** A server program, configured. */
export interface FtpSetup {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** A file outside the home that must be deleted with the server. */
  readonly outsideFile?: string;
}

/**
 * Starts an FTP server with one user, who acts as the account `guestName` of this machine.
 * `configure` writes the files of its program.
 */
export async function startFtpServer(
  guestName: string,
  options: FtpServerOptions,
  configure: (place: FtpPlace) => Promise<FtpSetup>,
): Promise<FtpServer> {
  const home = await tempFolder();
  // The guest must be able to reach its folder.
  await Deno.chmod(home.path, 0o755);
  const guest = await findAccount(guestName);
  const folder = join(home.path, "files");
  await Deno.mkdir(folder);
  await Deno.chown(folder, guest.uid, guest.gid);
  const files = await makeCertificate(home.path);
  const passwordHash = await hashPassword(FTP_ACCOUNT.password);
  const port = freePort();
  const wishes = { tls: "required", sessionReuse: "optional", ...options } as const;
  const place = { ...wishes, ...files, home: home.path, folder, port, guest, passwordHash };
  const { outsideFile, ...command } = await configure(place);
  const start = () => startServer({ ...command, cwd: home.path, ready: { port } });
  let server = await start();
  return {
    host: "127.0.0.1",
    port,
    ...FTP_ACCOUNT,
    url: ftpUrl(port, wishes.tls),
    certificate: await Deno.readTextFile(files.certificateFile),
    certificateFile: files.certificateFile,
    folder,
    output: () => server.output(),
    kill: (signal) => server.kill(signal),
    async restart() {
      await server.kill();
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server.kill("SIGKILL");
      if (outsideFile) await Deno.remove(outsideFile);
      await home[Symbol.asyncDispose]();
    },
  };
}

function ftpUrl(port: number, tls: FtpPlace["tls"]): string {
  const { user, password } = FTP_ACCOUNT;
  const scheme = tls === "none" ? "ftp" : "ftps";
  const query = tls === "implicit" ? "?tls=implicit" : "";
  return `${scheme}://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${query}`;
}

async function hashPassword(password: string): Promise<string> {
  return (await runOpenssl(["passwd", "-6", password])).trim();
}
