import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** Windows has no SIGTERM. These signals are its only way to end a process in order. */
const ENDING_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** How often a process checks that its parent is alive. */
const PARENT_POLL_MS = 1_000;

/**
 * Calls `end` for each signal that asks this process to end. Returns a function that stops
 * listening.
 *
 * @param more signals besides SIGINT and SIGTERM
 */
export function onEndSignal(end: () => void, more: readonly Deno.Signal[] = []): () => void {
  const signals = [...ENDING_SIGNALS, ...more.filter((signal) => !isIgnored(signal))];
  for (const signal of signals) Deno.addSignalListener(signal, end);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, end);
  };
}

/** Calls `end` once when `parent`, which started this process, has ended. */
export function onOrphaned(parent: number, end: () => void): () => void {
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    end();
  }, PARENT_POLL_MS);
  return () => clearInterval(timer);
}

/**
 * Whether a signal is ignored, as `nohup` makes its command ignore SIGHUP. A listener would undo
 * that.
 */
function isIgnored(signal: Deno.Signal): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    const number = constants.signals[signal as keyof typeof constants.signals];
    return (BigInt(`0x${mask ?? 0}`) >> BigInt(number - 1) & 1n) === 1n;
  } catch {
    // Only Linux reveals it, and only with read permission.
    return false;
  }
}
