import type { BenchRequest } from "./load.ts";

/** Times of answers in milliseconds, by path. */
export type Latencies = Readonly<Record<string, readonly number[]>>;

/**
 * Requests each page at a steady pace until `end` resolves, however slow the answers are: waiting
 * for answers would spare a server just when it is slow.
 *
 * @throws {Error} if an answer is not a success.
 */
export async function sampleLatencies(
  port: number,
  pages: readonly BenchRequest[],
  { everyMs, end }: { everyMs: number; end: Promise<unknown> },
): Promise<Latencies> {
  const taken: Record<string, number[]> = Object.fromEntries(pages.map(({ path }) => [path, []]));
  const answers: Promise<void>[] = [];
  const ask = async ({ path, headers = {} }: BenchRequest) => {
    const start = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    await response.bytes();
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
    taken[path]?.push(performance.now() - start);
  };
  const timer = setInterval(() => answers.push(...pages.map(ask)), everyMs);
  try {
    await end;
  } finally {
    clearInterval(timer);
  }
  await Promise.all(answers);
  return taken;
}

/** Returns the number that `share` (0 to 1) of the numbers do not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
