import { Client, FTPError } from "basic-ftp";
import { bracketed } from "@/lib/ip_address.ts";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";
import { adviseFtp } from "@/lib/storage/ftp_advice.ts";
import { signIn } from "@/lib/storage/ftp_session.ts";
import { StoreUnavailableError } from "@/lib/storage/image_store.ts";
import { WorkQueue } from "@/lib/work_queue.ts";

/** Time limits in milliseconds. */
export interface FtpTimeLimits {
  /** For connecting and signing in. */
  readonly connectMs: number;
  /** For an answer to a command, or the next bytes of a transfer. */
  readonly silenceMs: number;
  /** For the work as a whole, however steadily bytes arrive. */
  readonly workMs: number;
}

/** Limits that even a distant, busy server meets. */
export const FTP_TIME_LIMITS: FtpTimeLimits = {
  connectMs: 10_000,
  silenceMs: 10_000,
  workMs: 30_000,
};

/** Connections at a time. Sending uses at most half of them, so that reading never waits for it. */
const MAX_CONNECTIONS = 4;

/** Jobs that may wait for a connection. */
const MAX_WAITING = 1_000;

/** Idle time after which a connection is closed. Servers close theirs after minutes. */
const IDLE_MS = 30_000;

/**
 * After a failed connect others fail at once for this time, instead of waiting for another failure.
 */
const COOL_DOWN_MS = 2_000;

/** "Service not available, closing control connection." RFC 959, 4.2.2 */
const CLOSING = 421;

interface IdleConnection {
  readonly client: Client;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Reuses signed-in connections to one FTP server. */
export class FtpConnections {
  readonly #queue = new WorkQueue(MAX_CONNECTIONS, MAX_WAITING);
  readonly #idle: IdleConnection[] = [];
  #closed = false;
  #down: { readonly until: number; readonly cause: unknown } | undefined;

  constructor(private readonly settings: FtpSettings, private readonly limits: FtpTimeLimits) {}

  /**
   * Runs `work` on a connection. It runs again on a new connection if an old one turns out to be
   * dead, so running it twice must be safe.
   *
   * @throws {StoreUnavailableError} if the server cannot be reached, takes too long or fails.
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

  /** Closes idle connections, and busy ones when they are done. */
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
      // Pending answers of the server are unknown, so this connection is not reused.
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

/** Closes the connection when the time is up, which ends the work on it. */
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

/** Whether the server has closed the connection, as after some idle time or a restart. */
function hadDied(error: unknown): boolean {
  if (error instanceof FTPError) return error.code === CLOSING;
  return !(error instanceof TimeLimitError) &&
    !(error instanceof Error && error.message.startsWith("Timeout"));
}
