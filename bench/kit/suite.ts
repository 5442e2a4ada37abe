/** One number of a benchmark. */
export interface Measurement {
  /** What was measured, such as `GET /login`. */
  readonly name: string;
  readonly value: number;
  /** `ratio`, `bytes`, ... */
  readonly unit: string;
  /** What a ratio is a ratio of: the baseline, measured in the same run. */
  readonly of?: string;
  /** What the number is meant to be, where it is meant to be something. */
  readonly target?: Target;
}

/** A limit of a {@linkcode Measurement}, itself included. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** Benchmarks that belong together. */
export interface Suite {
  /** In one sentence. */
  readonly summary: string;
  /** Measures, and tells of each number as soon as it has it. */
  run(tell: (measurement: Measurement) => void): Promise<void>;
}

/** A measurement for people, with its target beside it. */
export function sentenceOf({ name, value, unit, of, target }: Measurement): string {
  const number = of === undefined
    ? `${value.toLocaleString("en", { maximumFractionDigits: 0 })} ${unit}`
    : `${value.toFixed(2)} of ${of}`;
  return target === undefined
    ? `${name}: ${number}`
    : `${name}: ${number} (${wish(target, value)})`;
}

/** A measurement for programs: an object on a line. */
export function jsonOf({ name, value, unit, of }: Measurement): string {
  return JSON.stringify({ name, value, unit, of });
}

function wish(target: Target, value: number): string {
  const [words, limit, met] = "atLeast" in target
    ? ["at least", target.atLeast, value >= target.atLeast] as const
    : ["at most", target.atMost, value <= target.atMost] as const;
  return `target: ${words} ${limit.toLocaleString("en")}${met ? "" : ", missed"}`;
}
