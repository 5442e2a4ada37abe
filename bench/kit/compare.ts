/** Something that can be done for a while, and how fast it went then. */
export type Rate = () => Promise<number>;

/** How often candidate and baseline take their turns. */
export interface Rounds {
  /** Left out: V8 compiles what is hot in steps, and a server that has just started is not the one that serves for weeks. */
  readonly warmUp: number;
  readonly measured: number;
}

/** For rates that need seconds to show. */
const FEW: Rounds = { warmUp: 6, measured: 5 };

/** For rounds of a quarter of a second: what disturbs this machine for a while then meets both alike. */
export const MANY: Rounds = { warmUp: 24, measured: 41 };

/**
 * How many times as fast the candidate is as the baseline. They take turns, so that a machine that
 * slows down or is busy meets both; the median of the rounds is given.
 */
export async function ratioOf(
  candidate: Rate,
  baseline: Rate,
  { warmUp, measured }: Rounds = FEW,
): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < warmUp + measured; round++) {
    // Who goes second may find a busier machine: they take turns at that too.
    const first = round % 2 === 0 ? candidate : baseline;
    const one = await first();
    const other = await (first === candidate ? baseline : candidate)();
    if (round < warmUp) continue;
    ratios.push(first === candidate ? one / other : other / one);
  }
  return median(ratios);
}

/** The middle of the numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[sorted.length - 1 - half], sorted[half]];
  return (low + high) / 2;
}
