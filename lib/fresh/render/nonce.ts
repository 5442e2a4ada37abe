/** A random text that allows the inline scripts and styles of one page; drawn when first asked for, for few pages have any. */
export class Nonce {
  /** The text if somebody has asked for it. */
  drawn: string | undefined = undefined;

  /** 122 random bits, in characters that a policy and an attribute take as they are. */
  get value(): string {
    return this.drawn ??= crypto.randomUUID();
  }
}
