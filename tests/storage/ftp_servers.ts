import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { databaseTest, type TestDatabase, type TestNeeds } from "@/tests/kit/databases.ts";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";
import { FtpStore } from "@/lib/storage/ftp_store.ts";
import type { FtpServer, FtpServerOptions } from "@/tests/kit/ftp_server.ts";
import { startProftpd } from "@/tests/kit/proftpd.ts";
import { proftpd, vsftpd } from "@/tests/kit/programs.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";

const POLL_MS = 25;

const TLS = { required: "explicit", implicit: "implicit", none: "none" } as const;

/** What a test of the FTP store works with. */
export interface FtpTest {
  readonly server: FtpServer;
  readonly settings: FtpSettings;
  readonly store: FtpStore;
}

/** Registers a test once for each FTP server. */
export function ftpTest(
  fact: string,
  run: (test: FtpTest) => Promise<void>,
  options: FtpServerOptions = {},
): void {
  for (const [name, program, start] of SERVERS) {
    Deno.test({
      name: `${fact} (${name})`,
      ignore: program.find() === undefined,
      async fn() {
        await using server = await start(options);
        const settings = ftpSettings(server, TLS[options.tls ?? "required"]);
        const store = new FtpStore(settings);
        try {
          await run({ server, settings, store });
        } finally {
          store.close();
        }
      },
    });
  }
}

const SERVERS = [
  ["vsftpd", vsftpd, startVsftpd],
  ["ProFTPD", proftpd, startProftpd],
] as const;

/** Registers a test once for each database, each with a vsftpd of its own. */
export function databaseAndFtpTest(
  fact: string,
  run: (test: { database: TestDatabase; server: FtpServer }) => Promise<void>,
  needs: TestNeeds = {},
): void {
  if (vsftpd.find() === undefined) {
    Deno.test({ name: fact, ignore: true, fn() {} });
    return;
  }
  databaseTest(fact, async (database) => {
    await using server = await startVsftpd();
    await run({ database, server });
  }, needs);
}

/** Every file that the server has, as paths from its folder. */
export async function filesOn(server: FtpServer, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(server.folder, below))) {
    const path = join(below, entry.name);
    found.push(...(entry.isDirectory ? await filesOn(server, path) : [path]));
  }
  return found.sort();
}

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await pause(POLL_MS);
}

/** A file on which the kernel finds no room, like `/dev/full`. */
export async function fullDevice(path: string): Promise<void> {
  const { success } = await new Deno.Command("mknod", { args: ["-m", "666", path, "c", "1", "7"] })
    .output();
  assert.ok(success);
}

/** How to reach a server of the tests. */
export function ftpSettings(server: FtpServer, tls: FtpSettings["tls"] = "explicit"): FtpSettings {
  const { host, port, user, password, certificate } = server;
  return { host, port, user, password, tls, baseDir: "/avatars", ca: certificate };
}

/** The environment of an application that keeps its avatars on a server of the tests. */
export function ftpEnvironment(
  { host, port, user, password, certificateFile }: FtpServer,
): Record<string, string> {
  const account = `${user}:${encodeURIComponent(password)}`;
  return {
    FTP_URL: `ftps://${account}@${host}:${port}/avatars`,
    FTP_CA_FILE: certificateFile,
  };
}
