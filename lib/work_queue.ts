/** More work is waiting than the queue takes. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
}

/** Runs a few pieces of work at a time, the others wait in order, and no more wait than fit. */
export class WorkQueue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param concurrency pieces of work at a time
   * @param maxWaiting pieces of work that may wait for their turn
   */
  constructor(private readonly concurrency: number, private readonly maxWaiting: number) {}

  /**
   * Runs `work` when its turn comes.
   *
   * @throws {QueueFullError} when too much is waiting already; otherwise what `work` throws.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place passes straight on, so that a newcomer cannot take it in between.
      if (next) next();
      else this.#running--;
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < this.concurrency) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= this.maxWaiting) {
      throw new QueueFullError(`${this.maxWaiting} pieces of work are waiting already`);
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
