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

/**
 * Limits of a transaction that takes as many rows as fit into a time: they are locked meanwhile, and
 * the embedded database does nothing else. Below the least number, statements would cost more than
 * rows; the greatest bounds the rows that the event loop handles.
 */
export interface TimedBatch {
  readonly milliseconds: number;
  readonly least: number;
  readonly most: number;
}

/** Returns how many rows the next transaction takes, if some took a time: at most twice as many. */
export function nextBatchSize(
  { milliseconds, least, most }: TimedBatch,
  { rows, taken }: { readonly rows: number; readonly taken: number },
): number {
  const fitting = Math.min(rows * 2, Math.floor(rows * milliseconds / taken));
  return Math.max(least, Math.min(fitting, most));
}
