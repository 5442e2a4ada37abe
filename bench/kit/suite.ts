/** One number of a benchmark. */
export interface Measurement {
  /** What was measured, such as `GET /login`. */
  readonly name: string;
  readonly value: number;
  /** `ratio`, `bytes`, ... */
  readonly unit: string;
  /** What a ratio is a ratio of: the baseline, measured in the same run. */
  readonly of?: string;
}

/** Benchmarks that belong together. */
export interface Suite {
  /** In one sentence. */
  readonly summary: string;
  /** Measures, and tells of each number as soon as it has it. */
  run(tell: (measurement: Measurement) => void): Promise<void>;
}
