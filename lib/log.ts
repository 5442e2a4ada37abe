import pino, { type Logger } from "pino";
import type { Settings } from "./settings.ts";

export type { Logger };

/** Names of fields that never reach a log, at the top and one level down. */
const SECRETS = ["password", "password2", "current_password", "token", "cookie", "authorization"];

/**
 * A logger that writes to stdout: an object a line, or coloured text for people. User data goes
 * into fields, never into the message.
 */
export async function createLogger(
  settings: Pick<Settings, "logFormat" | "logLevel">,
): Promise<Logger> {
  const options: pino.LoggerOptions = {
    level: settings.logLevel,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), bindings: () => ({}) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "…" },
  };
  if (settings.logFormat === "json") return pino(options, stdout());
  const { default: pretty } = await import("pino-pretty");
  return pino(options, pretty({ translateTime: "SYS:HH:MM:ss", singleLine: true, sync: true }));
}

/**
 * Each line is written before its answer goes out: a process that dies loses none, and a write costs
 * less than the thread that would do it later.
 */
function stdout(): pino.DestinationStream {
  return pino.destination({ fd: 1, sync: true });
}

/** A logger that writes nothing. */
export function createSilentLogger(): Logger {
  return pino({ level: "silent" });
}
