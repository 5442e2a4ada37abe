import { onEndSignal, onOrphaned } from "./signals.ts";

/** A Ctrl+C reaches this process from the terminal and again through `deno task`. */
const SAME_SIGNAL_MS = 500;

/** A child process that ends with this one. */
export interface Child {
  /** Resolves when the child has ended, to whether it ended well. */
  readonly ended: Promise<boolean>;
}

/**
 * Starts Deno with these arguments. When this process gets a signal to end, or its own parent ends,
 * the child gets SIGTERM. The caller must then wait for `ended`.
 */
export function startChild(args: readonly string[]): Child {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    // Shields the child from the terminal's signals, which this process passes on.
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
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
