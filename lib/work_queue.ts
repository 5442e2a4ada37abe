/** More work is waiting than the queue takes. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
}

/** Runs a few pieces of work at a time, the others wait in order, and no more wait than fit. */
export class WorkQueue {
  #running = 0;
  readonly #waiting: { readonly client: string; readonly start: () => void }[] = [];

  /**
   * @param concurrency pieces of work at a time
   * @param maxWaiting pieces of work that may wait for their turn
   * @param maxWaitingEach those of one client among them
   */
  constructor(
    private readonly concurrency: number,
    private readonly maxWaiting: number,
    private readonly maxWaitingEach: number = maxWaiting,
  ) {}

  /**
   * Runs `work` when its turn comes.
   *
   * @param client who it is for
   * @throws {QueueFullError} when too much is waiting already; otherwise what `work` throws.
   */
  async run<T>(work: () => Promise<T>, client = ""): Promise<T> {
    await this.#turn(client);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place passes straight on, so that a newcomer cannot take it in between.
      if (next) next.start();
      else this.#running--;
    }
  }

  async #turn(client: string): Promise<void> {
    if (this.#running < this.concurrency) {
      this.#running++;
      return;
    }
    const own = this.#waiting.filter((other) => other.client === client);
    if (this.#waiting.length >= this.maxWaiting || own.length >= this.maxWaitingEach) {
      throw new QueueFullError(`${this.#waiting.length} pieces of work are waiting already`);
    }
    await new Promise<void>((start) => this.#waiting.push({ client, start }));
  }
}
