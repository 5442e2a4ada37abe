import type { BuildCache } from "./build_cache.ts";
import { runChain, type Step } from "./chain.ts";
import type { Compiled } from "./compilation.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import { Context } from "./context.ts";
import { plainErrorResponse } from "./error_boundary.ts";
import { HttpError } from "./http_error.ts";
import { ContextInternals, INTERNALS } from "./internals.ts";
import type { RouteMatch } from "./router.ts";
import { NO_WRAPPERS } from "./render/wrappers.ts";
import { pathOf } from "./url.ts";

/** Answers requests. Never rejects. */
export type FreshHandler = (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** Makes the function that answers requests with a compiled application. */
export function dispatch<State>(
  compiled: Compiled<State> | Promise<Compiled<State>>,
  config: ResolvedFreshConfig,
  buildCache: BuildCache | undefined,
): FreshHandler {
  return async (req, info = localInfo()) => {
    const internals = new ContextInternals(pathOf(req.url), buildCache);
    try {
      const ready = compiled instanceof Promise ? await compiled : compiled;
      const found = findRoute(ready, internals.path);
      if (found.entry?.isLoaded === false) await load(found);
      return finishResponse(
        await answer(ready, found, req, info, config, internals),
        req,
        internals,
      );
    } catch (error) {
      return finishResponse(plainErrorResponse(error), req, internals);
    }
  };
}

/** The connection information of a request that came over no connection, as in tests. */
function localInfo(): Deno.ServeHandlerInfo {
  return {
    remoteAddr: { transport: "tcp", hostname: "localhost", port: 8080 },
    completed: Promise.resolve(),
  };
}

/** Where a request leads. */
interface Found<State> extends Partial<RouteMatch<State>> {
  /** The error of finding or loading the route. */
  failure?: unknown;
}

function findRoute<State>({ router }: Compiled<State>, path: string | undefined): Found<State> {
  if (path === undefined) {
    return { failure: new HttpError(400, "The header Host names no host") };
  }
  try {
    return router.match(path) ?? {};
  } catch (failure) {
    return { failure };
  }
}

async function load<State>(found: Found<State>): Promise<void> {
  try {
    await found.entry?.load();
  } catch (failure) {
    found.failure = failure;
  }
}

/** Runs the chain of a route. Without a route, the middlewares of the root run. */
function answer<State>(
  compiled: Compiled<State>,
  { entry, params = {}, failure }: Found<State>,
  req: Request,
  info: Deno.ServeHandlerInfo,
  config: ResolvedFreshConfig,
  internals: ContextInternals,
): Response | Promise<Response> {
  const ctx = new Context<State>(req, info, config, entry?.pattern ?? null, params, internals);
  const chain = failure === undefined ? entry?.chainFor(req.method) : undefined;
  if (chain !== undefined) return runChain(chain, ctx);
  if (failure === undefined) internals.allow = entry?.allow;
  return runChain([...compiled.rootSteps, unroutedStep(compiled, failure)], ctx);
}

/**
 * The last step for a request without a route. If no error route would catch the error, the plain answer is made here,
 * inside the middlewares, so that they can add their headers.
 */
function unroutedStep<State>(
  { hasRootErrorRoute, rootSteps }: Compiled<State>,
  failure: unknown,
): Step<State> {
  return {
    wrappers: rootSteps.at(-1)?.wrappers ?? NO_WRAPPERS,
    run(ctx) {
      const { allow } = ctx[INTERNALS];
      if (allow !== undefined && ctx.req.method === "OPTIONS") {
        return new Response(null, { status: 204, headers: { allow } });
      }
      const error = failure ?? new HttpError(allow === undefined ? 404 : 405);
      ctx.error = error;
      if (hasRootErrorRoute || !(error instanceof HttpError)) throw error;
      return plainErrorResponse(error);
    },
  };
}

function finishResponse(
  response: Response,
  req: Request,
  { allow }: ContextInternals,
): Response {
  if (!(response instanceof Response)) {
    throw new TypeError("A middleware must return a Response");
  }
  if (allow !== undefined && response.status === 405) response.headers.set("allow", allow);
  return req.method === "HEAD" && response.body !== null ? new Response(null, response) : response;
}
