/** Interval of the checks. */
const TICK_MS = 5;

/** Watches the event loop of its thread. */
export interface LoopWatch {
  /** Returns the longest time in milliseconds in which no timer ran since the last call. */
  takeLongest(): number;
  stop(): void;
}

/**
 * Starts to watch the event loop of this thread. It measures the processor time that the thread
 * used between two checks, so that other threads and processes do not count. If the system does not
 * know it, it measures elapsed time.
 */
export function watchEventLoop(): LoopWatch {
  const now = processorClock() ?? (() => performance.now());
  let last = now();
  let longest = 0;
  const tick = () => {
    const time = now();
    longest = Math.max(longest, time - last);
    last = time;
  };
  const timer = setInterval(tick, TICK_MS);
  return {
    takeLongest() {
      tick();
      const taken = longest;
      longest = 0;
      return taken;
    },
    stop: () => clearInterval(timer),
  };
}

/** Returns the processor time of this thread in milliseconds. */
function processorClock(): (() => number) | undefined {
  const read = () =>
    Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e6;
  try {
    return read() > 0 ? read : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
