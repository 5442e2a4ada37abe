/** One number of a benchmark. */
export interface Measurement {
  /** What was measured, such as `GET /login`. */
  readonly name: string;
  readonly value: number;
  /** `ratio`, `bytes`, ... */
  readonly unit: string;
  /** The baseline of a ratio, measured in the same run. */
  readonly of?: string;
  /** The target, if there is one. */
  readonly target?: Target;
}

/** An inclusive limit of a {@linkcode Measurement}. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** A group of benchmarks. */
export interface Suite {
  /** Describes it in one sentence. */
  readonly summary: string;
  /** Measures, and reports each number at once. */
  run(tell: (measurement: Measurement) => void): Promise<void>;
}

/** Formats a measurement for people, with its target. */
export function sentenceOf({ name, value, unit, of, target }: Measurement): string {
  const number = of === undefined
    ? `${value.toLocaleString("en", { maximumFractionDigits: 0 })} ${unit}`
    : `${value.toFixed(2)} of ${of}`;
  return target === undefined
    ? `${name}: ${number}`
    : `${name}: ${number} (${wish(target, value)})`;
}

/** Formats a measurement for programs: a JSON object on one line. */
export function jsonOf({ name, value, unit, of }: Measurement): string {
  return JSON.stringify({ name, value, unit, of });
}

function wish(target: Target, value: number): string {
  const [words, limit, met] = "atLeast" in target
    ? ["at least", target.atLeast, value >= target.atLeast] as const
    : ["at most", target.atMost, value <= target.atMost] as const;
  return `target: ${words} ${limit.toLocaleString("en")}${met ? "" : ", missed"}`;
}
