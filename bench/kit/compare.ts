/** Does something for a while and returns how fast it went. */
export type Rate = () => Promise<number>;

/** Numbers of rounds of candidate and baseline. */
export interface Rounds {
  /**
   * Rounds that do not count: V8 compiles hot code in steps, and a fresh server is not like one
   * that has run for weeks.
   */
  readonly warmUp: number;
  readonly measured: number;
}

/** For rates that need seconds to measure. */
const FEW: Rounds = { warmUp: 6, measured: 5 };

/** For rounds of a quarter of a second, so that a disturbance of the machine affects both sides. */
export const MANY: Rounds = { warmUp: 24, measured: 41 };

/**
 * Returns how many times as fast the candidate is as the baseline: the median of the rounds. They
 * take turns, so that a slow or busy machine affects both.
 */
export async function ratioOf(
  candidate: Rate,
  baseline: Rate,
  { warmUp, measured }: Rounds = FEW,
): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < warmUp + measured; round++) {
    // The second may find a busier machine, so they also take turns at going first.
    const first = round % 2 === 0 ? candidate : baseline;
    const one = await first();
    const other = await (first === candidate ? baseline : candidate)();
    if (round < warmUp) continue;
    ratios.push(first === candidate ? one / other : other / one);
  }
  return median(ratios);
}

/** Returns the middle number, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[sorted.length - 1 - half], sorted[half]];
  return (low + high) / 2;
}
