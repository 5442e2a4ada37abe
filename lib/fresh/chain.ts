import type { Context, Middleware } from "./context.ts";
import type { MaybeLazy } from "./handlers.ts";
import { HttpError } from "./http_error.ts";
import { INTERNALS } from "./internals.ts";
import type { Wrappers } from "./render/wrappers.ts";

/** A middleware, and the wrappers of pages where it was registered. */
export interface Step<State> {
  readonly run: Middleware<State>;
  readonly wrappers: Wrappers;
}

/** The steps of a route, compiled once and shared by all its requests. */
export type Chain<State> = readonly Step<State>[];

/**
 * Runs the steps of a chain from `index` on.
 *
 * @throws {HttpError} 404 if no step answers.
 */
export function runChain<State>(
  chain: Chain<State>,
  ctx: Context<State>,
  index = 0,
): Response | Promise<Response> {
  const step = chain[index];
  if (step === undefined) throw new HttpError(404);
  const next = async () => {
    try {
      return await runChain(chain, ctx, index + 1);
    } catch (error) {
      ctx.error = error;
      throw error;
    } finally {
      // Later steps have replaced it; this step may call its own again.
      ctx.next = next;
    }
  };
  ctx.next = next;
  ctx[INTERNALS].wrappers = step.wrappers;
  return step.run(ctx);
}

/**
 * Makes a middleware of one that may be lazy. Its first call shows which it is, and the loaded middleware then replaces
 * the loader. Requests that arrive meanwhile wait, so that nothing is loaded twice.
 */
export function settleLazy<State>(run: MaybeLazy<Middleware<State>>): Middleware<State> {
  // A loader takes no parameter; a function that takes the context is the middleware itself.
  if (run.length > 0) return run as Middleware<State>;
  let settled: Middleware<State> | undefined;
  let firstCall: Promise<void> | undefined;
  return async (ctx) => {
    while (firstCall !== undefined) await firstCall;
    if (settled !== undefined) return await settled(ctx);
    const { promise, resolve } = Promise.withResolvers<void>();
    firstCall = promise;
    try {
      const result: Response | Middleware<State> = await run(ctx);
      settled = typeof result === "function" ? result : run as Middleware<State>;
      if (typeof result !== "function") return result;
    } finally {
      firstCall = undefined;
      resolve();
    }
    return await settled(ctx);
  };
}
