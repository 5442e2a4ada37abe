/** How often the event loop is to have its turn. */
const TICK_MS = 5;

/** Watches the event loop of its thread. */
export interface LoopWatch {
  /** The longest time, in milliseconds, in which timers had no turn since this was last asked. */
  takeLongest(): number;
  stop(): void;
}

/**
 * Starts to watch the event loop of this thread. What counts is the processor time that the thread
 * itself has used between two turns, so that other threads and processes do not disturb; where the
 * system does not tell, the time that went by.
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

/** Milliseconds of processor time of this thread. */
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
