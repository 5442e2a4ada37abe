import { loadSettings, SettingsError } from "@/lib/settings.ts";
import { TaskError } from "./errors.ts";
import { messageOf } from "@/lib/message_of.ts";

/**
 * Returns the text for a failure: one sentence, and the stack trace only with `LOG_LEVEL=debug`. An
 * unexpected failure says how to see more.
 */
export function failureText(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof SettingsError) return message;
  if (isDebugging()) return error instanceof Error ? withCauses(error) : message;
  const isExplained = error instanceof TaskError || message.includes(": ");
  return isExplained ? message : `${message} (LOG_LEVEL=debug shows where)`;
}

function isDebugging(): boolean {
  try {
    return loadSettings().logLevel === "debug";
  } catch {
    return false;
  }
}

function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCaused by: ${withCauses(error.cause)}` : own;
}
