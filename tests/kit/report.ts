import { stripVTControlCharacters } from "node:util";

/** The counts of a run of `deno test`. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const CLOSING_LINE = /^(?:ok|FAILED) \| \d+ passed/;

/**
 * Reads the closing line of `deno test` from its output. Returns `undefined` if there is none,
 * because the runner was ended or could not start.
 */
export function readSummary(output: string): TestCounts | undefined {
  const line = stripVTControlCharacters(output).split("\n").findLast((line) =>
    CLOSING_LINE.test(line)
  );
  if (line === undefined) return undefined;
  const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

const SKIPPED = /<testcase name="([^"]*)"[^>]*>\s*<skipped/g;

/** Returns the names of skipped tests in the JUnit report of `deno test`. */
export function readSkipped(junit: string): string[] {
  return [...junit.matchAll(SKIPPED)].map(([, name = ""]) => decodeEntities(name));
}

const ENTITIES: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function decodeEntities(xml: string): string {
  return xml.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** How a run ended: its counts, and remarks for people and CI. */
export interface Verdict extends TestCounts {
  readonly exitCode: 0 | 1;
  readonly remarks: readonly string[];
}

/** The results of the runner. */
export interface RunnerEnd {
  readonly exitCode: number;
  readonly output: string;
  /** The JUnit report, unless the runner ended before it was written. */
  readonly junit: string | undefined;
}

/**
 * Judges a run. It passes only if exit code, output and report agree and at least one test ran.
 * With `strict`, as in CI, no test may be skipped.
 */
export function judge(end: RunnerEnd, strictness: "strict" | "lenient"): Verdict {
  const counts = readSummary(end.output) ?? { passed: 0, failed: 0, skipped: 0 };
  const remarks = readSkipped(end.junit ?? "").map((name) => `skipped: ${name}`);
  const fault = findRunnerFault(end, counts);
  // The closing line must not make a broken run look like a success.
  if (fault) {
    return { ...counts, failed: counts.failed + 1, exitCode: 1, remarks: [...remarks, fault] };
  }
  if (counts.failed > 0) return { ...counts, exitCode: 1, remarks };
  if (strictness === "strict" && counts.skipped > 0) {
    return { ...counts, exitCode: 1, remarks: [...remarks, "CI takes no skipped test"] };
  }
  return { ...counts, exitCode: 0, remarks };
}

/** Lists faults besides failed tests. */
function findRunnerFault(end: RunnerEnd, counts: TestCounts): string | undefined {
  if (!readSummary(end.output) || end.junit === undefined) {
    return `The test runner broke off (exit code ${end.exitCode})`;
  }
  if (end.exitCode !== 0 && counts.failed === 0) {
    return `The test runner failed beside its tests (exit code ${end.exitCode})`;
  }
  if (counts.passed + counts.failed === 0) return "No test ran";
  return undefined;
}

/** Returns the last line of a test run. */
export function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
