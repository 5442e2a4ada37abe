import pino, { type Logger } from "pino";
import type { Settings } from "./settings.ts";

export type { Logger };

/** Fields that are never logged, at the top and one level down. */
const SECRETS = ["password", "password2", "current_password", "token", "cookie", "authorization"];

/** Fields in which database errors may carry values. They are removed earlier too. */
const VALUES_OF_ERRORS = ["err.params", "err.parameters", "err.detail", "err.where"];

/**
 * Creates a logger that writes to stdout: one JSON object per line, or coloured text for people.
 * User data goes into fields, never into the message.
 */
export async function createLogger(
  settings: Pick<Settings, "logFormat" | "logLevel">,
): Promise<Logger> {
  const options: pino.LoggerOptions = {
    level: settings.logLevel,
    timestamp: clock(),
    formatters: { level: (label) => ({ level: label }), bindings: () => ({}) },
    redact: {
      paths: [...SECRETS.flatMap((name) => [name, `*.${name}`]), ...VALUES_OF_ERRORS],
      censor: "…",
    },
  };
  if (settings.logFormat === "json") return pino(options, stdout());
  const { default: pretty } = await import("pino-pretty");
  return pino(options, pretty({ translateTime: "SYS:HH:MM:ss", singleLine: true, sync: true }));
}

/** How long a line may wait to be written with others. */
const LINES_WAIT_MS = 10;
/** Once this many characters wait, they are written at once. */
const MAX_WAITING_CHARS = 64 * 1024;

/**
 * Writes several lines at once: under load one write per line would be a tenth of the cost of a
 * page. A killed process loses at most the last 10 ms.
 */
function stdout(): pino.DestinationStream & { flush(): void } {
  const destination = pino.destination({ fd: 1, sync: true });
  let lines = "";
  const flush = () => {
    if (lines !== "") destination.write(lines);
    lines = "";
  };
  // `Deno.exit()` runs no timers.
  addEventListener("unload", flush);
  return {
    write(line: string) {
      if (lines === "") setTimeout(flush, LINES_WAIT_MS);
      lines += line;
      if (lines.length > MAX_WAITING_CHARS) flush();
    },
    // `Logger.flush()` calls it.
    flush,
  };
}

/** Makes the field with the time. Under load many lines share a millisecond. */
function clock(): () => string {
  let lastMs = 0;
  let member = "";
  return () => {
    const now = Date.now();
    if (now !== lastMs) {
      lastMs = now;
      member = `,"time":"${new Date(now).toISOString()}"`;
    }
    return member;
  };
}

/** Creates a logger that writes nothing. */
export function createSilentLogger(): Logger {
  return pino({ level: "silent" });
}
