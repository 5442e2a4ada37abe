/** Windows knows no SIGTERM, and has no other way to end a process in order. */
const ENDING_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** How often a process looks whether its parent is still there. */
const PARENT_POLL_MS = 1_000;

/** Calls `end` for each signal that asks this process to end. */
export function onEndSignal(end: () => void, more: readonly Deno.Signal[] = []): void {
  for (const signal of [...ENDING_SIGNALS, ...more]) Deno.addSignalListener(signal, end);
}

/** Calls `end` once when the process `parent`, which has started this one, is gone. */
export function onOrphaned(parent: number, end: () => void): void {
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    end();
  }, PARENT_POLL_MS);
  Deno.unrefTimer(timer);
}
