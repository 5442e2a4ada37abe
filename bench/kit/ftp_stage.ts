import { join } from "node:path";
import type { FtpServer } from "@/tests/kit/ftp_server.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";
import { ftpEnvironment } from "@/tests/storage/ftp_servers.ts";
import { startRelay } from "@/tests/storage/relay.ts";
import { fillDisk } from "./full_disk.ts";

/** States of an FTP server during uploads. */
export const FTP_STATES = ["healthy", "killed", "full", "slow"] as const;
export type FtpState = typeof FTP_STATES[number];

/** Delay of each answer of a slow server. A file needs about a dozen answers. */
const SLOW_MS = 300;
/** Transfers that have begun when the server is killed. */
const FILES_BEFORE_KILL = 10;

/** An FTP server that can be made to fail. */
export interface FtpStage extends AsyncDisposable {
  /** Settings that point an application to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts it into a state until the result is disposed. */
  enter(state: FtpState): Promise<AsyncDisposable>;
}

/** Starts a vsftpd behind a relay. */
export async function startFtpStage(): Promise<FtpStage> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startVsftpd());
  const relay = stack.use(startRelay(server.port));
  const folder = join(server.folder, "avatars");
  const owner = await Deno.stat(server.folder);
  await Deno.mkdir(folder);
  await Deno.chown(folder, owner.uid, owner.gid);
  const enterState: Record<FtpState, () => AsyncDisposable | Promise<AsyncDisposable>> = {
    healthy: () => new AsyncDisposableStack(),
    killed: () => killSoon(server, folder),
    full: () => fillDisk(folder, owner),
    slow: () => {
      relay.delayMs = SLOW_MS;
      return { [Symbol.asyncDispose]: () => Promise.resolve(void (relay.delayMs = 0)) };
    },
  };
  const kept = stack.move();
  return {
    environment: ftpEnvironment({ ...server, port: relay.port }),
    enter: async (state) => await enterState[state](),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Kills the server after a few transfers have begun. */
function killSoon(server: FtpServer, folder: string): AsyncDisposable {
  const watcher = Deno.watchFs(folder);
  const begin = async () => {
    const begun = new Set<string>();
    for await (const { paths } of watcher) {
      paths.filter((path) => path.endsWith(".part")).forEach((path) => begun.add(path));
      if (begun.size >= FILES_BEFORE_KILL) return;
    }
  };
  const killed = begin().then(() => server.kill("SIGKILL"));
  return {
    async [Symbol.asyncDispose]() {
      await killed;
      watcher.close();
      await server.restart();
    },
  };
}
