import pg from "pg";

/** PostgreSQL's name for SCRAM whose proof is bound to the TLS connection. */
const BOUND_MECHANISM = "SCRAM-SHA-256-PLUS";

/**
 * Signs in with a proof that is bound to the TLS connection, so that a man in the middle cannot use
 * it. Refuses a server that asks for any other proof, or for none.
 *
 * `pg` has no setting for this. The overridden methods are the ones it calls when a server asks for
 * a password; the test of this file signs in with each of them.
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
