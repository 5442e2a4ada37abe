import { resolve } from "node:path";
import { startWorker } from "@/lib/worker.ts";
import { PortSocket } from "./connection.ts";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
import { type FolderOwner, lockFileOf, readFolderOwner } from "./folder_lock.ts";
import { openPool } from "./postgres.ts";
import { SOCKET_PORT } from "./socket_folder.ts";

/** How long to wait for the process that has the folder, in milliseconds. */
interface Patience {
  /** Until it lets go of the folder. */
  readonly ends: number;
  /** Until it has started: it makes the files, or reads a long log again. */
  readonly starts: number;
}

const PATIENCE: Patience = { ends: 10_000, starts: 60_000 };
const POLL_MS = 100;

/** What the thread is asked. */
export type ThreadRequest =
  | { readonly kind: "open"; readonly folder: string | undefined }
  | { readonly kind: "connect"; readonly port: MessagePort }
  /** Once all clients have left, if it is to be `patient`. */
  | { readonly kind: "close"; readonly patient: boolean };

/** What the thread says. */
export type ThreadAnswer =
  | { readonly kind: "opened" | "locked" | "closed" }
  | { readonly kind: "failed"; readonly error: unknown }
  /** The database has stopped by itself. */
  | { readonly kind: "crashed"; readonly reason: string };

/** Another process has the embedded database. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";

  constructor(folder: string, owner: FolderOwner | undefined) {
    const process = `Process ${owner?.pid ?? "unknown"}`;
    super(
      owner?.state
        ? `${process} is still starting the database in ${folder}: try again in a minute`
        : `${process} has the database in ${folder} for itself: wait for it to end, or stop it`,
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
 * Opens the embedded database in `folder`, or connects to the process that has it open.
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
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } catch (error) {
    thread?.stop();
    throw error;
  }
}

/** How `pg` connects to PGlite, which asks for no password. */
const CLIENT = {
  user: "postgres",
  database: "postgres",
  ssl: false,
  // An owner that ends waits for guests who are connected, not for those who may come back.
  idleTimeoutMillis: 0,
} as const;

/** As many as on PostgreSQL, though here they take turns: one connection would queue for all. */
const POOL_SIZE = 10;

/** Opens connections to a PGlite of this process. */
export function openPortPool(connect: () => PortSocket): OpenDatabase {
  return openPool({ ...CLIENT, max: POOL_SIZE, stream: connect });
}

/** Connects to the process that owns the folder; `undefined` if it does not answer. */
async function enter(host: string): Promise<OpenDatabase | undefined> {
  // PGlite has one session: further connections would wait for each other.
  const guest = openPool({ ...CLIENT, host, port: SOCKET_PORT, max: 1 });
  try {
    await guest.ping();
    return guest;
  } catch {
    await guest.close();
  }
}

/**
 * A thread of this process that PGlite runs in: a statement that takes a second there holds up
 * other statements, and nothing else. Statements go there as they would go to a PostgreSQL server.
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

  /** Says whether it could be opened; not while another process has it. */
  async open(folder: string | undefined): Promise<boolean> {
    const { kind } = await this.#ask({ kind: "open", folder });
    return kind === "opened";
  }

  /** Closing it ends the thread. */
  databaseFor(user: DatabaseUser): OpenDatabase {
    const pool = openPortPool(() => this.#connect());
    return {
      ...pool,
      lost: this.#lost.promise,
      close: async () => {
        await pool.close();
        if (this.#fault) return;
        // A task that other tasks work through lets them finish; a server is told to stop at once.
        await this.#ask({ kind: "close", patient: user === "task" });
        this.stop();
      },
    };
  }

  /** Ends the thread, whatever it does. */
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

  /** Whoever waits for an answer gets an error, for none will come. */
  #lose(reason: string): void {
    const error = new Error(`The embedded database has stopped: ${reason}`);
    this.#fault = error;
    this.stop();
    this.#answer?.resolve({ kind: "failed", error });
    for (const socket of this.#sockets) socket.destroy(error);
    this.#lost.resolve(error);
  }
}
