const LEVELS = ["debug", "info", "log", "warn", "error"] as const;

/** One call of a console function. */
export interface ConsoleLine {
  readonly level: typeof LEVELS[number];
  readonly text: string;
}

/** Captures console output until the returned function is called. Nothing is printed. */
export function interceptConsole(take: (line: ConsoleLine) => void): () => void {
  const own = LEVELS.map((level) => [level, console[level]] as const);
  for (const level of LEVELS) {
    console[level] = (...values: unknown[]) => take({ level, text: values.map(show).join(" ") });
  }
  return () => {
    for (const [level, write] of own) console[level] = write;
  };
}

/** Runs `fn` and returns its console output, which then fails no test. */
export async function captureConsole(fn: () => unknown): Promise<ConsoleLine[]> {
  const lines: ConsoleLine[] = [];
  const stop = interceptConsole((line) => lines.push(line));
  try {
    await fn();
  } finally {
    stop();
  }
  return lines;
}

function show(value: unknown): string {
  return typeof value === "string" ? value : Deno.inspect(value);
}
