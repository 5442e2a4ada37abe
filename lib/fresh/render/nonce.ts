/** 144 bits. The standard asks for at least 128, and 144 need no padding in base64. */
const NONCE_BYTES = 18;

/** A random text that allows the inline scripts and styles of one page. It is drawn at the first use. */
export class Nonce {
  /** The text, if it was needed. */
  drawn: string | undefined = undefined;

  /**
   * The text, in characters that need no escaping in a policy or an attribute.
   *
   * @see https://www.w3.org/TR/CSP3/#security-nonces
   */
  get value(): string {
    return this.drawn ??= crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      .toBase64({ alphabet: "base64url" });
  }
}
