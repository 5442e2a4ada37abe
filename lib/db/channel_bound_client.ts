import pg from "pg";

/** What PostgreSQL calls SCRAM with a proof that is bound to the TLS connection. */
const BOUND_MECHANISM = "SCRAM-SHA-256-PLUS";

/**
 * A connection that signs in by a proof of the password that is worth nothing to anybody who sits
 * between client and server. It refuses a server that asks for anything else, or for nothing.
 *
 * `pg` has no setting for it. These are the functions that it calls when a server asks for a
 * password; the test of this file signs in each way.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5929#section-4 tls-server-end-point
 */
export class ChannelBoundClient extends pg.Client {
  #bound = false;

  protected _handleAuthCleartextPassword(): void {
    this.#refuse();
  }

  protected _handleAuthMD5Password(): void {
    this.#refuse();
  }

  protected _handleAuthSASL(message: { mechanisms: readonly string[] }): void {
    this.#bound = message.mechanisms.includes(BOUND_MECHANISM);
    if (this.#bound) inherited._handleAuthSASL.call(this, message);
    else this.#refuse();
  }

  protected _handleReadyForQuery(message: unknown): void {
    if (this.#bound) inherited._handleReadyForQuery.call(this, message);
    else this.#refuse();
  }

  #refuse(): void {
    const { connection } = this as unknown as { connection: NodeJS.EventEmitter };
    const fault = new Error("The server does not bind the sign-in to the connection");
    connection.emit("error", fault);
  }
}

const inherited = pg.Client.prototype as unknown as Record<
  "_handleAuthSASL" | "_handleReadyForQuery",
  (message: unknown) => void
>;
