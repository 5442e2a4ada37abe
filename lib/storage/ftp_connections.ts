import { Client, FTPError } from "basic-ftp";
import { bracketed } from "@/lib/ip_address.ts";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";
import { adviseFtp } from "@/lib/storage/ftp_advice.ts";
import { signIn } from "@/lib/storage/ftp_session.ts";
import { StoreUnavailableError } from "@/lib/storage/image_store.ts";
import { WorkQueue } from "@/lib/work_queue.ts";

/** How long the server may take, in milliseconds. */
export interface FtpTimeLimits {
  /** From the first packet to being signed in. */
  readonly connectMs: number;
  /** For an answer to a command, or for the next bytes of a transfer. */
  readonly silenceMs: number;
  /** For a piece of work as a whole, however steadily its bytes trickle. */
  readonly workMs: number;
}

/** Limits that a far and busy server still keeps. */
export const FTP_TIME_LIMITS: FtpTimeLimits = {
  connectMs: 10_000,
  silenceMs: 10_000,
  workMs: 30_000,
};

/** Connections at a time. Sending uses half of them at most, so that reading never waits for it. */
const MAX_CONNECTIONS = 4;

/** Pieces of work that may wait for a connection. */
const MAX_WAITING = 1_000;

/** A connection that is unused for so long is closed; servers close theirs after minutes. */
const IDLE_MS = 30_000;

/** After a failed connect nobody waits for another: it would fail as slowly. */
const COOL_DOWN_MS = 2_000;

/** "Service not available, closing control connection." RFC 959, 4.2.2 */
const CLOSING = 421;

interface IdleConnection {
  readonly client: Client;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Signed-in connections to one FTP server, which are used again and again. */
export class FtpConnections {
  readonly #queue = new WorkQueue(MAX_CONNECTIONS, MAX_WAITING);
  readonly #idle: IdleConnection[] = [];
  #closed = false;
  #down: { readonly until: number; readonly cause: unknown } | undefined;

  constructor(private readonly settings: FtpSettings, private readonly limits: FtpTimeLimits) {}

  /**
   * Does `work` on a connection of its own. It is done once more on a new connection if an old one
   * turns out to be dead, so it must not mind being done twice.
   *
   * @throws {StoreUnavailableError} when the server cannot be reached, takes too long or fails.
   */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await this.#queue.run(() => this.#runNow(work));
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      const reason = adviseFtp(error, this.settings);
      throw new StoreUnavailableError(`The FTP server failed: ${reason}`, { cause: error });
    }
  }

  /** Closes the connections that nobody uses, and the others as soon as they are done. */
  close(): void {
    this.#closed = true;
    for (const { client, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      client.close();
    }
  }

  async #runNow<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const used = this.#takeIdle();
    if (used !== undefined) {
      try {
        return await this.#use(used, work);
      } catch (error) {
        if (!hadDied(error)) throw error;
      }
    }
    return await this.#use(await this.#connect(), work);
  }

  async #use<T>(client: Client, work: (client: Client) => Promise<T>): Promise<T> {
    try {
      const result = await within(this.limits.workMs, client, () => work(client));
      this.#giveBack(client);
      return result;
    } catch (error) {
      // What the server would still have answered is unknown, so nobody else gets this connection.
      client.close();
      throw error;
    }
  }

  #takeIdle(): Client | undefined {
    const { client, timer } = this.#idle.pop() ?? {};
    clearTimeout(timer);
    return client?.closed ? this.#takeIdle() : client;
  }

  #giveBack(client: Client): void {
    if (this.#closed) return client.close();
    const connection = {
      client,
      timer: setTimeout(() => {
        this.#idle.splice(this.#idle.indexOf(connection), 1);
        client.close();
      }, IDLE_MS),
    };
    this.#idle.push(connection);
  }

  async #connect(): Promise<Client> {
    if (this.#closed) throw new StoreUnavailableError("The connections are closed");
    if (this.#down && Date.now() < this.#down.until) throw this.#unreachable(this.#down.cause);
    const client = new Client(this.limits.silenceMs);
    try {
      await within(this.limits.connectMs, client, () => signIn(client, this.settings));
    } catch (error) {
      client.close();
      this.#down = { until: Date.now() + COOL_DOWN_MS, cause: error };
      throw this.#unreachable(error);
    }
    this.#down = undefined;
    return client;
  }

  #unreachable(cause: unknown): StoreUnavailableError {
    const { host, port } = this.settings;
    const reason = adviseFtp(cause, this.settings);
    return new StoreUnavailableError(
      `Cannot connect to the FTP server ${bracketed(host)}:${port}: ${reason}`,
      { cause },
    );
  }
}

/** The server did not finish in time. */
class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

/** Ends the connection, and with it the work on it, when the time is over. */
async function within<T>(limitMs: number, client: Client, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(
    () => client.ftp.closeWithError(new TimeLimitError(`not done within ${limitMs} ms`)),
    limitMs,
  );
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the server had closed the connection, as it does after a while or when it restarts. */
function hadDied(error: unknown): boolean {
  if (error instanceof FTPError) return error.code === CLOSING;
  return !(error instanceof TimeLimitError) &&
    !(error instanceof Error && error.message.startsWith("Timeout"));
}
