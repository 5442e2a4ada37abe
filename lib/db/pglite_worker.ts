/// <reference lib="deno.worker" />
/** The thread in which an embedded database runs. `pglite_thread.ts` starts it. */
import { join } from "node:path";
import { connectionOf } from "./connection.ts";
import { createPGlite } from "./pglite.ts";
import { type OwnedFolder, ownFolder } from "./pglite_folder.ts";
import { PGliteServer } from "./pglite_server.ts";
import type { ThreadAnswer, ThreadRequest } from "./pglite_thread.ts";
import { SOCKET_NAME } from "./socket_folder.ts";
import { keepLogShort } from "./write_ahead_log.ts";

/** An open database and how to close it. */
interface Served {
  readonly server: PGliteServer;
  close(): Promise<void>;
}

let served: Served | undefined;

self.onmessage = async ({ data }: MessageEvent<ThreadRequest>) => {
  if (data.kind === "connect") return served?.server.serve(connectionOf(data.port));
  try {
    answer(data.kind === "open" ? await open(data.folder) : await close(data.patient));
  } catch (error) {
    answer({ kind: "failed", error });
  }
};

function answer(message: ThreadAnswer): void {
  self.postMessage(message);
}

async function open(path: string | undefined): Promise<ThreadAnswer> {
  if (path === undefined) {
    served = serve(await createPGlite());
    return { kind: "opened" };
  }
  const folder = await ownFolder(path);
  if (!folder) return { kind: "locked" };
  served = await serveFolder(folder);
  return { kind: "opened" };
}

function serve(pglite: Awaited<ReturnType<typeof createPGlite>>): Served {
  const server = new PGliteServer(pglite, (reason) => answer({ kind: "crashed", reason }));
  return {
    server,
    async close() {
      await server.close();
      await pglite.close();
    },
  };
}

async function serveFolder({ pglite, socketFolder, announce, release }: OwnedFolder) {
  const { server, close } = serve(pglite);
  if (socketFolder) server.listen(join(socketFolder, SOCKET_NAME));
  await announce();
  const stopKeeping = keepLogShort(pglite);
  return {
    server,
    async close() {
      stopKeeping();
      await close();
      await release();
    },
  };
}

async function close(patient: boolean): Promise<ThreadAnswer> {
  if (patient) await served?.server.idle();
  await served?.close();
  return { kind: "closed" };
}
