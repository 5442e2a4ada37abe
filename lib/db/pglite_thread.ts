import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startWorker } from "@/lib/worker.ts";
import { PortSocket } from "./connection.ts";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
import { type FolderOwner, lockFileOf, readFolderOwner } from "./folder_lock.ts";
import { openPool } from "./postgres.ts";
import { SOCKET_PORT } from "./socket_folder.ts";

/** How long to wait for the process that owns the folder, in milliseconds. */
interface Patience {
  /** For one that may be about to release the folder. */
  readonly ends: number;
  /** For one that is starting: it creates the files or replays a long log. */
  readonly starts: number;
}

const PATIENCE: Patience = { ends: 10_000, starts: 60_000 };
const POLL_MS = 100;

/** Messages to the thread. */
export type ThreadRequest =
  | { readonly kind: "open"; readonly folder: string | undefined }
  | { readonly kind: "connect"; readonly port: MessagePort }
  /** Waits for all clients to leave if `patient`. */
  | { readonly kind: "close"; readonly patient: boolean };

/** Messages from the thread. */
export type ThreadAnswer =
  | { readonly kind: "opened" | "locked" | "closed" }
  | { readonly kind: "failed"; readonly error: unknown }
  /** The database has stopped by itself. */
  | { readonly kind: "crashed"; readonly reason: string };

/** Another process owns the embedded database and does not share it. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";

  constructor(folder: string, owner: FolderOwner | undefined) {
    const process = `Process ${owner?.pid ?? "unknown"}`;
    super(
      owner?.state
        ? `${process} is still starting the database in ${folder}: try again in a minute`
        : `${process} is using the database in ${folder}: wait for it to end, or stop it`,
    );
  }
}

/** Starts an embedded database in memory. */
export async function openMemory(): Promise<OpenDatabase> {
  const thread = new PGliteThread();
  await thread.open(undefined);
  return thread.databaseFor("task");
}

/**
 * Opens the embedded database in `folder`, or connects to the process that owns it.
 *
 * @throws {FolderInUseError}
 */
export async function openFolder(
  folder: string,
  user: DatabaseUser,
  patience: Patience = PATIENCE,
): Promise<OpenDatabase> {
  const path = resolve(folder);
  const started = performance.now();
  let thread: PGliteThread | undefined;
  try {
    for (;;) {
      const owner = await readFolderOwner(lockFileOf(path));
      const guest = user === "task" && owner?.socket && await enter(owner.socket);
      if (guest) {
        thread?.stop();
        return guest;
      }
      thread ??= new PGliteThread();
      if (await thread.open(path)) return thread.databaseFor(user);
      const limit = owner?.state ? patience.starts : patience.ends;
      if (performance.now() - started > limit) throw new FolderInUseError(folder, owner);
      await pause(POLL_MS);
    }
  } catch (error) {
    thread?.stop();
    throw error;
  }
}

/** Settings with which `pg` connects to PGlite. It asks for no password. */
const CLIENT = {
  user: "postgres",
  database: "postgres",
  ssl: false,
  // An owner that closes waits until its guests have disconnected.
  idleTimeoutMillis: 0,
} as const;

/**
 * As many as on PostgreSQL. They take turns, but with one connection all would queue in the pool.
 */
const POOL_SIZE = 10;

/** Opens connections to a PGlite of this process. */
export function openPortPool(connect: () => PortSocket): OpenDatabase {
  return openPool({ ...CLIENT, max: POOL_SIZE, stream: connect });
}

/** Connects to the process that owns the folder; `undefined` if it does not answer. */
async function enter(host: string): Promise<OpenDatabase | undefined> {
  // PGlite has one session, so more connections would only wait for each other.
  const guest = openPool({ ...CLIENT, host, port: SOCKET_PORT, max: 1 });
  try {
    await guest.ping();
    return guest;
  } catch {
    await guest.close();
  }
}

/**
 * Runs PGlite in a thread of this process, so that a slow statement holds up only other statements.
 * They travel there as they would to a PostgreSQL server.
 */
class PGliteThread {
  readonly #worker = startWorker("pglite", import.meta.url);
  readonly #sockets = new Set<PortSocket>();
  readonly #lost = Promise.withResolvers<Error>();
  #fault: Error | undefined;
  #answer: PromiseWithResolvers<ThreadAnswer> | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => {
      if (data.kind === "crashed") this.#lose(data.reason);
      else this.#answer?.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(event.message);
    };
  }

  /** Opens the folder. Returns false while another process owns it. */
  async open(folder: string | undefined): Promise<boolean> {
    const { kind } = await this.#ask({ kind: "open", folder });
    return kind === "opened";
  }

  /** Returns the database. Closing it ends the thread. */
  databaseFor(user: DatabaseUser): OpenDatabase {
    const pool = openPortPool(() => this.#connect());
    return {
      ...pool,
      lost: this.#lost.promise,
      close: async () => {
        await pool.close();
        if (this.#fault) return;
        // A task waits for other tasks that work through it. A server must stop at once.
        await this.#ask({ kind: "close", patient: user === "task" });
        this.stop();
      },
    };
  }

  /** Ends the thread. Deno lets a busy one finish what it is doing. */
  stop(): void {
    this.#worker.terminate();
  }

  #connect(): PortSocket {
    const socket = PortSocket.open((port) =>
      this.#worker.postMessage({ kind: "connect", port } satisfies ThreadRequest, [port])
    );
    if (this.#fault) return socket.destroy(this.#fault);
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }

  async #ask(request: ThreadRequest): Promise<ThreadAnswer> {
    this.#answer = Promise.withResolvers();
    this.#worker.postMessage(request);
    const answer = await this.#answer.promise;
    if (answer.kind === "failed") throw answer.error;
    return answer;
  }

  /** Fails everything that waits for an answer, because none will come. */
  #lose(reason: string): void {
    const error = new Error(`The embedded database has stopped: ${reason}`);
    this.#fault = error;
    this.stop();
    this.#answer?.resolve({ kind: "failed", error });
    for (const socket of this.#sockets) socket.destroy(error);
    this.#lost.resolve(error);
  }
}
