import { answered, withoutWaiting } from "./answered.ts";
import { type Context, type Middleware, nobodyAnswers } from "./context.ts";
import { INTERNALS } from "./internals.ts";
import type { MaybeLazy } from "./handlers.ts";
import type { RenderScope } from "./render/scope.ts";

/** A middleware, with the wrappers in effect where it was registered. */
export interface Step<State> {
  readonly run: Middleware<State>;
  readonly scope: RenderScope;
}

/** The steps of a route, compiled once and shared by all its requests. */
export type Chain<State> = readonly Step<State>[];

/** Runs a chain. What one request must remember is in `ctx` and in the closures made here, never in the chain. */
export function runChain<State>(
  chain: Chain<State>,
  ctx: Context<State>,
  index = 0,
): Response | Promise<Response> {
  const step = chain[index];
  if (step === undefined) return nobodyAnswers();
  ctx[INTERNALS].scope = step.scope;
  ctx.next = index === chain.length - 1 ? nobodyAnswers : nextOf(chain, ctx, index);
  return withoutWaiting(step.run(ctx));
}

/**
 * Makes the `ctx.next()` of a step. It is not `async`: a request passes many steps, and most answers are there before
 * anybody waits for them.
 */
function nextOf<State>(
  chain: Chain<State>,
  ctx: Context<State>,
  index: number,
): () => Promise<Response> {
  const next = (): Promise<Response> => {
    // The steps behind have put their own `next` there; a step may call its own again.
    const pass = (response: Response) => {
      ctx.next = next;
      return response;
    };
    const fail = (error: unknown) => {
      ctx.next = next;
      ctx.error = error;
      throw error;
    };
    let answer: Response | Promise<Response>;
    try {
      answer = runChain(chain, ctx, index + 1);
    } catch (error) {
      return Promise.reject(error).catch(fail);
    }
    return answer instanceof Promise ? answer.then(pass, fail) : answered(pass(answer));
  };
  return next;
}

/**
 * Makes a middleware of one that may be lazy: the first call tells, and its result replaces the loader. Requests that come
 * in the meantime wait, so that nothing is loaded twice.
 */
export function settleLazy<State>(run: MaybeLazy<Middleware<State>>): Middleware<State> {
  // A loader takes nothing; a function that takes the context is the middleware itself.
  if (run.length > 0) return run as Middleware<State>;
  let settled: Middleware<State> | undefined;
  let firstCall: Promise<void> | undefined;

  async function findOut(ctx: Context<State>): Promise<Response> {
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
  }
  return (ctx) => settled === undefined ? findOut(ctx) : settled(ctx);
}
