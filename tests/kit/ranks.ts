/** What tells two groups of times apart. */
export interface Difference {
  /** Standard deviations by which the ranks of the groups differ, of Mann, Whitney and Wilcoxon. */
  readonly z: number;
  /** The median of the first group over that of the second. */
  readonly ratio: number;
}

/**
 * Compares two groups of times by rank, so that a few slow samples make no difference.
 *
 * @see https://en.wikipedia.org/wiki/Mann%E2%80%93Whitney_U_test
 */
export function compareTimes(first: readonly number[], second: readonly number[]): Difference {
  const sorted = [...first.map((ms) => [ms, 1] as const), ...second.map((ms) => [ms, 0] as const)]
    .sort(([a], [b]) => a - b);
  const rankSum = sorted.reduce((sum, [, group], index) => sum + group * (index + 1), 0);
  const [n, m] = [first.length, second.length];
  const u = rankSum - n * (n + 1) / 2;
  const z = (u - n * m / 2) / Math.sqrt(n * m * (n + m + 1) / 12);
  return { z, ratio: medianOf(first) / medianOf(second) };
}

/** Whether nobody can tell from the times to which group an answer belongs. */
export function isNoise({ z, ratio }: Difference): boolean {
  return Math.abs(z) < 4 && ratio > 0.8 && ratio < 1.25;
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
