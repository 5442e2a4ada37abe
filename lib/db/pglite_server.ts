import type { PGlite } from "@electric-sql/pglite";
import {
  endsSeries,
  errorMessage,
  greeting,
  isTerminate,
  join,
  MessageReader,
  NO_ENCRYPTION,
  queryMessage,
  startsCopy,
  stateAfter,
  SYNC_MESSAGE,
  type TransactionState,
} from "./wire.ts";

/** How long a client may leave a transaction open without a word: everybody else waits for it. */
const IDLE_TRANSACTION_MS = 60_000;

/** SQLSTATEs. */
const IDLE_TRANSACTION_TIMEOUT = "25P03";
const FEATURE_NOT_SUPPORTED = "0A000";

/** Lets other processes use the embedded database of this one. */
export interface PGliteServer {
  /** Resolves when no client is connected. */
  idle(): Promise<void>;
  /** Cuts the clients off, whose open transactions are rolled back. */
  close(): Promise<void>;
}

/**
 * Answers PostgreSQL clients on the Unix socket `path`.
 *
 * PGlite has one session for all. So a client has it for itself, by the lock that PGlite's own
 * queries and transactions take, from the first message of a series until its transaction is over.
 */
export function servePGlite(pglite: PGlite, path: string): PGliteServer {
  const listener = Deno.listen({ transport: "unix", path });
  const clients = new Map<Client, Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const client = new Client(pglite, connection);
      clients.set(client, client.serve().finally(() => clients.delete(client)));
    }
  })();
  const idle = async () => {
    while (clients.size > 0) await Promise.all(clients.values());
  };
  return {
    idle,
    async close() {
      listener.close();
      await accepting;
      for (const client of clients.keys()) client.disconnect();
      await idle();
    },
  };
}

/** One connection of another process. */
class Client {
  readonly #pglite: PGlite;
  readonly #connection: Deno.UnixConn;
  readonly #reader: MessageReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(pglite: PGlite, connection: Deno.UnixConn) {
    this.#pglite = pglite;
    this.#connection = connection;
    this.#reader = new MessageReader(connection.readable);
    this.#writer = connection.writable.getWriter();
  }

  /** Answers until the client leaves; a client that breaks off or talks nonsense harms nobody. */
  async serve(): Promise<void> {
    try {
      if (!await this.#greet()) return;
      for (;;) {
        const message = await this.#reader.readMessage();
        if (!message || isTerminate(message)) break;
        await this.#exclusively(() => this.#answerSeries(message));
      }
      // What a client has set or prepared must not stay for the others.
      await this.#exclusively(() => this.#execute(queryMessage("discard all")));
    } catch {
      // The connection is gone, and what it was about has been rolled back.
    } finally {
      this.disconnect();
    }
  }

  /** Ends the conversation; who waits for a message gets an error. */
  disconnect(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #greet(): Promise<boolean> {
    for (;;) {
      const opening = await this.#reader.readOpening();
      // A query cannot be cancelled: nothing runs beside it that could.
      if (opening === undefined || opening === "cancel") return false;
      if (opening === "start") {
        await this.#writer.write(greeting());
        return true;
      }
      await this.#writer.write(NO_ENCRYPTION);
    }
  }

  /** Answers from `first` on until the database is idle again, whatever becomes of the client. */
  async #answerSeries(first: Uint8Array): Promise<void> {
    let state: TransactionState | undefined;
    try {
      let message: Uint8Array | undefined = first;
      while (message && !isTerminate(message)) {
        const answer = startsCopy(message)
          ? await this.#refuseCopy(message)
          : await this.#execute(message);
        state = stateAfter(answer);
        await this.#writer.write(answer);
        if (state === "idle") return;
        message = await this.#readWithin(IDLE_TRANSACTION_MS);
      }
    } finally {
      if (state !== "idle") await this.#rollBack();
    }
  }

  /** PGlite would wait for the rows inside of PostgreSQL, and this whole process with it. */
  async #refuseCopy(copy: Uint8Array): Promise<Uint8Array> {
    let message: Uint8Array | undefined = copy;
    while (message && !endsSeries(message)) message = await this.#readWithin(IDLE_TRANSACTION_MS);
    const words = "The embedded database cannot COPY from a client";
    const error = errorMessage("ERROR", FEATURE_NOT_SUPPORTED, words);
    return join([error, await this.#execute(SYNC_MESSAGE)]);
  }

  async #readWithin(ms: number): Promise<Uint8Array | undefined> {
    const timer = setTimeout(() => {
      const words = "The transaction was left open for too long";
      this.#writer.write(errorMessage("FATAL", IDLE_TRANSACTION_TIMEOUT, words))
        .catch(() => {}).finally(() => this.disconnect());
    }, ms);
    try {
      return await this.#reader.readMessage();
    } finally {
      clearTimeout(timer);
    }
  }

  async #rollBack(): Promise<void> {
    await this.#execute(SYNC_MESSAGE);
    await this.#execute(queryMessage("rollback"));
  }

  async #execute(message: Uint8Array): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    await this.#pglite.runExclusive(() =>
      this.#pglite.execProtocolRawStream(message, {
        // The bytes lie in memory that PostgreSQL writes again.
        onRawData: (bytes) => void parts.push(bytes.slice()),
      })
    );
    return join(parts);
  }

  /** Under the lock that PGlite's `query()` and `transaction()` take; `runExclusive()` is another. */
  #exclusively(work: () => Promise<unknown>): Promise<unknown> {
    return this.#pglite._runExclusiveTransaction(work);
  }
}
