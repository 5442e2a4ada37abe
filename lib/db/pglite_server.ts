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

/** How long a client may leave a transaction open without a word: everybody else waits for it. */
const IDLE_TRANSACTION_MS = 60_000;

/** SQLSTATEs. */
const IDLE_TRANSACTION_TIMEOUT = "25P03";
const FEATURE_NOT_SUPPORTED = "0A000";

/**
 * Answers PostgreSQL clients.
 *
 * PGlite has one session for all. So a client has it for itself, by the lock that PGlite's own
 * queries and transactions take, for one series of messages or until its transaction is over; the
 * others wait in the order in which they came.
 */
export class PGliteServer {
  readonly #pglite: PGlite;
  readonly #clients = new Map<Client, Promise<void>>();
  readonly #onCrash: (reason: string) => void;
  #stopListening: () => Promise<void> = () => Promise.resolve();

  /** @param onCrash is told why the database has stopped by itself; nobody is answered from then on */
  constructor(pglite: PGlite, onCrash: (reason: string) => void) {
    this.#pglite = pglite;
    this.#onCrash = onCrash;
  }

  /** Answers a client until it leaves. */
  serve(connection: Connection): void {
    const client = new Client(this.#pglite, connection, this.#onCrash);
    this.#clients.set(client, client.serve().finally(() => this.#clients.delete(client)));
  }

  /** Lets clients in by the Unix socket `path`. */
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

  /** Cuts the clients off, whose open transactions are rolled back. */
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

  /** Answers until the client leaves; a client that breaks off or talks nonsense harms nobody. */
  async serve(): Promise<void> {
    try {
      if (!await this.#greet()) return;
      for (;;) {
        const series = await this.#reader.readSeries();
        if (!series) break;
        await this.#exclusively(() => this.#answerFrom(series));
      }
      // What a client has set or prepared must not stay for the others.
      await this.#exclusively(() => this.#execute([queryMessage("discard all")]));
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

  /** PGlite would wait for COPY's rows inside of PostgreSQL, and this whole thread with it. */
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
          // The bytes lie in memory that PostgreSQL writes again.
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

  /** PGlite would never come back from another statement, so this client keeps the lock. */
  #crash(reason: string): Promise<never> {
    this.#onCrash(reason);
    return new Promise(() => {});
  }

  /** Under the lock that PGlite's `query()` and `transaction()` take; `runExclusive()` is another. */
  #exclusively(work: () => Promise<unknown>): Promise<unknown> {
    return this.#pglite._runExclusiveTransaction(work);
  }
}
