/** How much background work is done at a time. */
export interface BatchLimits {
  /** Rows of a batch. */
  readonly size: number;
  /** Batches of a round; what is left waits for the next round. */
  readonly count: number;
}

/**
 * Does background work in batches, until there is no more, `limits` are reached or `signal` is
 * aborted. Between two batches requests, timers and signals get their turn.
 *
 * @param work does a batch of at most `size` rows and returns how many it found
 */
export async function inBatches(
  { size, count }: BatchLimits,
  signal: AbortSignal,
  work: (size: number) => Promise<number>,
): Promise<void> {
  for (let batch = 0; batch < count && !signal.aborted; batch++) {
    if (await work(size) < size) return;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
