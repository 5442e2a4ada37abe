import pino, { type Logger } from "pino";
import type { Settings } from "./settings.ts";

export type { Logger };

/** Names of fields that never reach a log, at the top and one level down. */
const SECRETS = ["password", "password2", "current_password", "token", "cookie", "authorization"];

/** Where errors of a database may have values; they should not get this far. */
const VALUES_OF_ERRORS = ["err.params", "err.parameters", "err.detail", "err.where"];

/**
 * A logger that writes to stdout: an object a line, or coloured text for people. User data goes
 * into fields, never into the message.
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

/** How long a line may wait for others to be written with. */
const LINES_WAIT_MS = 10;
/** Characters that are written at once, however short they have waited. */
const MAX_WAITING_CHARS = 64 * 1024;

/**
 * Writes lines together: under load a write for each would be a tenth of the cost of a page. A
 * process that is killed loses no more than what it was just about to say.
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
    // `Logger.flush()` looks for it.
    flush,
  };
}

/** Makes the member that says when a line was logged. Under load many are of the same millisecond. */
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

/** A logger that writes nothing. */
export function createSilentLogger(): Logger {
  return pino({ level: "silent" });
}
