/** The queue is full. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
}

/** Runs a limited number of jobs at a time. Others wait in order, and a full queue refuses more. */
export class WorkQueue {
  #running = 0;
  readonly #waiting: { readonly client: string; readonly start: () => void }[] = [];

  /**
   * @param concurrency jobs that run at a time
   * @param maxWaiting jobs that may wait
   * @param maxWaitingEach how many of those one client may have
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
   * @throws {QueueFullError} when the queue is full; otherwise what `work` throws.
   */
  async run<T>(work: () => Promise<T>, client = ""): Promise<T> {
    await this.#turn(client);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Hands the place over directly, so that a newcomer cannot take it.
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
      throw new QueueFullError(`${this.#waiting.length} jobs are waiting already`);
    }
    await new Promise<void>((start) => this.#waiting.push({ client, start }));
  }
}
