import type { BenchRequest } from "./load.ts";

/** How long answers took, in milliseconds, by the path that was asked for. */
export type Latencies = Readonly<Record<string, readonly number[]>>;

/**
 * Asks for each page at a steady pace, however slow the answers are, until `end` resolves: who
 * waited for an answer before asking again would spare a server just when it is slow.
 *
 * @throws {Error} if an answer is no success.
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

/** The number that `share` (0 to 1) of the numbers do not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
