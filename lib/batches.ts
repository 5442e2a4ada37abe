/** Limits of a round of background work. */
export interface BatchLimits {
  /** Rows per batch. */
  readonly size: number;
  /** Batches per round. The rest waits for the next round. */
  readonly count: number;
}

/**
 * Does background work in batches until there is no more, `limits` are reached or `signal` is
 * aborted. Between batches the event loop is free.
 *
 * @param work handles at most `size` rows and returns how many it found
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
