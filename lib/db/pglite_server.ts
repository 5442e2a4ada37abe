import type { PGlite } from "@electric-sql/pglite";
import type { Connection } from "./connection.ts";
import {
  errorMessage,
  greeting,
  join,
  lastWords,
  MessageReader,
  NO_ENCRYPTION,
  queryMessage,
  startsCopy,
  stateAfter,
  SYNC_MESSAGE,
  type TransactionState,
} from "./wire.ts";

/** How long a client may leave a transaction idle. All other clients wait for it. */
const IDLE_TRANSACTION_MS = 60_000;

/** SQLSTATEs. */
const IDLE_TRANSACTION_TIMEOUT = "25P03";
const FEATURE_NOT_SUPPORTED = "0A000";

/**
 * Answers PostgreSQL clients.
 *
 * PGlite has a single session. A client holds it, through the lock of PGlite's own queries and
 * transactions, for one series of messages or until its transaction ends. The others wait in order
 * of arrival.
 */
export class PGliteServer {
  readonly #pglite: PGlite;
  readonly #clients = new Map<Client, Promise<void>>();
  readonly #onCrash: (reason: string) => void;
  #stopListening: () => Promise<void> = () => Promise.resolve();

  /**
   * @param onCrash receives the reason when the database has stopped by itself; no client gets an
   * answer after that
   */
  constructor(pglite: PGlite, onCrash: (reason: string) => void) {
    this.#pglite = pglite;
    this.#onCrash = onCrash;
  }

  /** Answers a client until it leaves. */
  serve(connection: Connection): void {
    const client = new Client(this.#pglite, connection, this.#onCrash);
    this.#clients.set(client, client.serve().finally(() => this.#clients.delete(client)));
  }

  /** Accepts clients on the Unix socket `path`. */
  listen(path: string): void {
    const listener = Deno.listen({ transport: "unix", path });
    const accepting = (async () => {
      for await (const connection of listener) this.serve(connection);
    })();
    this.#stopListening = () => {
      listener.close();
      return accepting;
    };
  }

  /** Resolves when no client is connected. */
  async idle(): Promise<void> {
    while (this.#clients.size > 0) await Promise.all(this.#clients.values());
  }

  /** Disconnects all clients. Their open transactions are rolled back. */
  async close(): Promise<void> {
    await this.#stopListening();
    for (const client of this.#clients.keys()) client.disconnect();
    await this.idle();
  }
}

/** One connection. */
class Client {
  readonly #pglite: PGlite;
  readonly #connection: Connection;
  readonly #reader: MessageReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #onCrash: (reason: string) => void;

  constructor(pglite: PGlite, connection: Connection, onCrash: (reason: string) => void) {
    this.#pglite = pglite;
    this.#connection = connection;
    this.#reader = new MessageReader(connection.readable);
    this.#writer = connection.writable.getWriter();
    this.#onCrash = onCrash;
  }

  /**
   * Answers until the client leaves. A client that breaks off or talks nonsense affects nobody
   * else.
   */
  async serve(): Promise<void> {
    try {
      if (!await this.#greet()) return;
      for (;;) {
        const series = await this.#reader.readSeries();
        if (!series) break;
        await this.#exclusively(() => this.#answerFrom(series));
      }
      // The next client must not see settings and prepared statements of this one.
      await this.#exclusively(() => this.#execute([queryMessage("discard all")]));
    } catch {
      // The connection is gone. Its transaction has been rolled back.
    } finally {
      this.disconnect();
    }
  }

  /** Closes the connection. A pending read fails. */
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
      // A query cannot be cancelled: nothing else runs while it does.
      if (opening === undefined || opening === "cancel") return false;
      if (opening === "start") {
        await this.#writer.write(greeting());
        return true;
      }
      await this.#writer.write(NO_ENCRYPTION);
    }
  }

  /** Answers from `first` on until the database is idle again, even if the client disappears. */
  async #answerFrom(first: readonly Uint8Array[]): Promise<void> {
    let state: TransactionState | undefined;
    try {
      let series: readonly Uint8Array[] | undefined = first;
      while (series) {
        const answer = await this.#answer(series);
        state = stateAfter(answer);
        await this.#writer.write(answer);
        if (state === "idle") return;
        series = await this.#readWithin(IDLE_TRANSACTION_MS);
      }
    } finally {
      if (state !== "idle") await this.#rollBack();
    }
  }

  /** Refuses COPY FROM STDIN: PGlite would block this thread while it waits for the rows. */
  async #answer(series: readonly Uint8Array[]): Promise<Uint8Array> {
    if (!series.some(startsCopy)) return await this.#execute(series);
    const words = "The embedded database cannot COPY from a client";
    const error = errorMessage("ERROR", FEATURE_NOT_SUPPORTED, words);
    return join([error, await this.#execute([SYNC_MESSAGE])]);
  }

  async #readWithin(ms: number): Promise<Uint8Array[] | undefined> {
    const timer = setTimeout(() => {
      const words = "The transaction was left open for too long";
      this.#writer.write(errorMessage("FATAL", IDLE_TRANSACTION_TIMEOUT, words))
        .catch(() => {}).finally(() => this.disconnect());
    }, ms);
    try {
      return await this.#reader.readSeries();
    } finally {
      clearTimeout(timer);
    }
  }

  async #rollBack(): Promise<void> {
    await this.#execute([SYNC_MESSAGE]);
    await this.#execute([queryMessage("rollback")]);
  }

  async #execute(series: readonly Uint8Array[]): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    try {
      await this.#pglite.runExclusive(() =>
        this.#pglite.execProtocolRawStream(join(series), {
          // PostgreSQL reuses the memory of `bytes`.
          onRawData: (bytes) => void parts.push(bytes.slice()),
        })
      );
    } catch (error) {
      return await this.#crash(String(error));
    }
    const answer = join(parts);
    const reason = lastWords(answer);
    if (reason === undefined) return answer;
    await this.#writer.write(answer).catch(() => {});
    return await this.#crash(reason);
  }

  /** Keeps the lock, because PGlite would never return from another statement. */
  #crash(reason: string): Promise<never> {
    this.#onCrash(reason);
    return new Promise(() => {});
  }

  /**
   * Takes the lock of PGlite's `query()` and `transaction()`. That of `runExclusive()` is another
   * one.
   */
  #exclusively(work: () => Promise<unknown>): Promise<unknown> {
    return this.#pglite._runExclusiveTransaction(work);
  }
}
