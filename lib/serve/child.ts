import { onEndSignal, onOrphaned } from "./signals.ts";

/** A terminal's Ctrl+C reaches a process and, passed on by `deno task`, reaches it once more. */
const SAME_SIGNAL_MS = 500;

/** A child process that ends with this one. */
export interface Child {
  /** Resolves when it is gone, to whether it ended well. */
  readonly ended: Promise<boolean>;
}

/**
 * Starts Deno with these arguments. Whatever signal asks this process to end, or the end of the
 * process that has started this one, is passed on to the child as SIGTERM; this process has to wait
 * for `ended` then.
 */
export function startChild(args: readonly string[]): Child {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    // Out of reach of the terminal's own signals, which come by way of this process.
    detached: Deno.build.os !== "windows",
  }).spawn();
  let last = -Infinity;
  const end = () => {
    const now = performance.now();
    if (now - last < SAME_SIGNAL_MS) return;
    last = now;
    tell(child);
  };
  const stop = onEndSignal(end, Deno.build.os === "windows" ? [] : ["SIGHUP"]);
  const stopWatching = onOrphaned(Deno.ppid, end);
  return {
    ended: child.status.then(({ success }) => {
      stop();
      stopWatching();
      return success;
    }),
  };
}

function tell(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    // It is gone already.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
