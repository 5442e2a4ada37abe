/** 144 bits: a policy asks for 128 or more, and these fill base64 without padding. */
const NONCE_BYTES = 18;

/** A random text that allows the inline scripts and styles of one page; drawn when first asked for, for few pages have any. */
export class Nonce {
  /** The text if somebody has asked for it. */
  drawn: string | undefined = undefined;

  /**
   * 144 random bits, in characters that a policy and an attribute take as they are.
   *
   * @see https://www.w3.org/TR/CSP3/#security-nonces
   */
  get value(): string {
    return this.drawn ??= crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      .toBase64({ alphabet: "base64url" });
  }
}
