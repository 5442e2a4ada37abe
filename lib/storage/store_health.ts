import { messageOf } from "@/lib/message_of.ts";
import type { ImageStore } from "@/lib/storage/image_store.ts";
import { inTime } from "@/lib/time_limit.ts";

/** How long an answer is valid. */
const FRESH_MS = 10_000;

/** How long a caller waits if nothing is known yet. */
const PATIENCE_MS = 2_000;

/** Time limits of a {@linkcode StoreHealth}, in milliseconds. */
export interface StoreHealthOptions {
  readonly freshMs?: number;
  readonly patienceMs?: number;
}

/** Remembers whether a store works, so that no page waits for a store that does not answer. */
export class StoreHealth {
  readonly #freshMs: number;
  readonly #patienceMs: number;
  #known: { readonly failure: string | undefined; readonly at: number } | undefined;
  #asking: Promise<string | undefined> | undefined;

  constructor(
    private readonly store: Pick<ImageStore, "check">,
    { freshMs = FRESH_MS, patienceMs = PATIENCE_MS }: StoreHealthOptions = {},
  ) {
    this.#freshMs = freshMs;
    this.#patienceMs = patienceMs;
  }

  /**
   * Returns why the store fails, or `undefined` if it works. Returns an old answer at once and
   * renews it in the background.
   */
  async findFailure(): Promise<string | undefined> {
    const known = this.#known;
    if (known !== undefined && performance.now() - known.at < this.#freshMs) return known.failure;
    const asking = this.#asking ??= this.#ask();
    return known === undefined
      ? await inTime(this.#patienceMs, asking).catch(messageOf)
      : known.failure;
  }

  /** Asks again and waits for the answer, however long it takes. */
  async refresh(): Promise<void> {
    await (this.#asking ??= this.#ask());
  }

  /** Resolves when no check is running. */
  async settled(): Promise<void> {
    await this.#asking;
  }

  async #ask(): Promise<string | undefined> {
    const failure = await this.store.check().then(() => undefined, messageOf);
    this.#known = { failure, at: performance.now() };
    this.#asking = undefined;
    return failure;
  }
}
