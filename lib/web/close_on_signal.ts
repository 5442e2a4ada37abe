import type { Logger } from "@/lib/log.ts";

/** Requests that are under way when the signal comes have this long to be answered. */
const DRAIN_MS = 1_000;

/**
 * Ends the process in order when it is told to: `deno serve` takes no new requests from then on,
 * and `close` is called once those under way had their time.
 */
export function closeOnSignal(log: Logger, close: () => Promise<void>): void {
  let closing = false;
  const end = async () => {
    if (closing) return;
    closing = true;
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    try {
      await close();
    } catch (error) {
      log.error({ err: error }, "Could not close in order");
    }
    Deno.exit();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, end);
}
