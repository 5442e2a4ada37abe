import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@/lib/log.ts";
import { inTime } from "@/lib/time_limit.ts";

/** How long pending requests may take once the server no longer listens. */
const ANSWER_LIMIT_MS = 25_000;
/** How long the database, images and maintenance may take to close. */
const CLOSE_LIMIT_MS = 10_000;

/** How a serving thread ends. */
export interface Ending {
  /** Aborted when the end begins. */
  readonly begun: AbortController;
  /**
   * Time between "not ready" and the last new connection, in milliseconds. A proxy that polls
   * `/readyz` drops the server from its list meanwhile.
   */
  readonly noticeMs: number;
  readonly log: Logger;
  /** Closes everything that the application has opened. */
  close(): Promise<void>;
}

/**
 * Ends a thread in order: `/readyz` says "not ready", the notice passes, pending requests are
 * answered, and the application closes.
 *
 * @param finishRequests resolves when no request is pending and none can follow
 */
export async function endInOrder(
  { begun, noticeMs, log, close }: Ending,
  finishRequests: () => Promise<void>,
): Promise<void> {
  begun.abort();
  await pause(noticeMs);
  await within(ANSWER_LIMIT_MS, finishRequests, (error) => {
    log.warn({ err: error }, "Some requests could not be answered before the end");
  });
  await within(CLOSE_LIMIT_MS, close, (error) => {
    log.error({ err: error }, "Could not close in order");
  });
  log.flush();
}

async function within(
  ms: number,
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  try {
    await inTime(ms, work());
  } catch (error) {
    onFailure(error);
  }
}

/** Makes clients open their next connection elsewhere once the end has begun. */
export function closeConnections(
  handler: Deno.ServeHandler,
  begun: AbortSignal,
): Deno.ServeHandler {
  return (request, info) => {
    const response = handler(request, info);
    return begun.aborted ? withoutKeepAlive(response) : response;
  };
}

async function withoutKeepAlive(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  response.headers.set("connection", "close");
  return response;
}
