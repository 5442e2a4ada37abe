import cliProgress from "cli-progress";
import process from "node:process";

/** Quicker work needs no bar. */
const SHOWN_AFTER_MS = 2_000;

/** A progress bar on a terminal, or nothing. */
export interface Progress {
  /** Adds `count` finished items. */
  add(count: number): void;
  /** Removes the bar. */
  stop(): void;
}

/**
 * Follows work on `total` items, called `what` in the plural. A bar appears on a terminal once the
 * work takes longer than two seconds.
 */
export function startProgress(what: string, total: number): Progress {
  if (!Deno.stdout.isTerminal()) return { add() {}, stop() {} };
  const bar = new cliProgress.SingleBar({
    format: `{bar} {percentage} % | {value} of {total} ${what} | {eta_formatted} left`,
    hideCursor: true,
    stream: process.stdout,
  }, cliProgress.Presets.shades_classic);
  let done = 0;
  const shownAt = performance.now() + SHOWN_AFTER_MS;
  return {
    add(count) {
      done += count;
      if (bar.isActive) bar.update(done);
      else if (performance.now() >= shownAt) bar.start(total, done);
    },
    stop: () => bar.stop(),
  };
}
