import type { BuildCache } from "./build_cache.ts";
import { type Chain, runChain, type Step } from "./chain.ts";
import type { Compiled } from "./compilation.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import { Context } from "./context.ts";
import { plainErrorResponse } from "./error_boundary.ts";
import { HttpError } from "./http_error.ts";
import { ContextInternals, INTERNALS, type Unrouted } from "./internals.ts";
import type { RouteEntry, RouteMatch } from "./router.ts";
import { EMPTY_SCOPE } from "./render/scope.ts";
import { PathReader } from "./url.ts";

/** Answers requests; never rejects. */
export type FreshHandler = (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** The same for a server, which takes an answer that is there already without waiting for it. */
export type ServeHandler = (
  req: Request,
  info?: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** Makes the function that answers requests with a compiled application. */
export function dispatch<State>(
  compiled: Compiled<State> | Promise<Compiled<State>>,
  config: ResolvedFreshConfig,
  buildCache: BuildCache | undefined,
): ServeHandler {
  let dispatcher = compiled instanceof Promise
    ? undefined
    : new Dispatcher(compiled, config, buildCache);
  async function answerWhenCompiled(req: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
    try {
      dispatcher ??= new Dispatcher(await compiled, config, buildCache);
    } catch (error) {
      return plainErrorResponse(error);
    }
    return await dispatcher.answer(req, info);
  }
  return (req, info = localInfo()) =>
    dispatcher?.answer(req, info) ?? answerWhenCompiled(req, info);
}

/** Where a request is said to come from that came over no connection. */
function localInfo(): Deno.ServeHandlerInfo {
  return {
    remoteAddr: { transport: "tcp", hostname: "localhost", port: 8080 },
    completed: Promise.resolve(),
  };
}

/** A request, and where it leads. */
interface Way<State> {
  readonly req: Request;
  readonly info: Deno.ServeHandlerInfo;
  readonly path: string;
  readonly match: RouteMatch<State> | undefined;
  /** What went wrong in finding or loading {@link match}. */
  readonly failure: Unrouted | undefined;
}

class Dispatcher<State> {
  readonly #compiled: Compiled<State>;
  readonly #config: ResolvedFreshConfig;
  readonly #buildCache: BuildCache | undefined;
  readonly #paths = new PathReader();
  /** For requests that no route takes: they, too, pass the middlewares of the root. */
  readonly #unroutedChain: Chain<State>;

  constructor(
    compiled: Compiled<State>,
    config: ResolvedFreshConfig,
    buildCache: BuildCache | undefined,
  ) {
    this.#compiled = compiled;
    this.#config = config;
    this.#buildCache = buildCache;
    this.#unroutedChain = [...compiled.rootSteps, answerUnrouted(compiled)];
  }

  answer(req: Request, info: Deno.ServeHandlerInfo): Response | Promise<Response> {
    const path = this.#paths.read(req.url);
    let match: RouteMatch<State> | undefined;
    let failure: Unrouted | undefined;
    try {
      if (path === undefined) throw new HttpError(400, "The header Host names no host");
      match = this.#compiled.router.match(path);
    } catch (error) {
      failure = { error, allow: undefined };
    }
    const way = { req, info, path: path ?? "/", match, failure };
    return match?.entry.isLoaded === false ? this.#load(way, match.entry) : this.#go(way);
  }

  async #load(way: Way<State>, entry: RouteEntry<State>): Promise<Response> {
    try {
      await entry.load();
    } catch (error) {
      return await this.#go({ ...way, failure: { error, allow: undefined } });
    }
    return await this.#go(way);
  }

  #go({ req, info, path, match, failure }: Way<State>): Response | Promise<Response> {
    const chain = failure === undefined ? match?.entry.chainFor(req.method) : undefined;
    const internals = new ContextInternals(path, this.#buildCache, EMPTY_SCOPE);
    if (chain === undefined) internals.unrouted = failure ?? reasonFor(match);
    const ctx = new Context<State>(
      req,
      info,
      this.#config,
      match?.entry.pattern ?? null,
      match?.params ?? {},
      internals,
    );
    const finish = (response: Response) => {
      try {
        return finishResponse(response, req, internals);
      } catch (error) {
        return plainErrorResponse(error);
      }
    };
    const fail = (error: unknown) => finish(plainErrorResponse(error));
    try {
      const answer = runChain(chain ?? this.#unroutedChain, ctx);
      return answer instanceof Promise ? answer.then(finish, fail) : finish(answer);
    } catch (error) {
      return fail(error);
    }
  }
}

/** Why no route takes a request, if its path is well-formed. */
function reasonFor<State>(match: RouteMatch<State> | undefined): Unrouted {
  return match === undefined ? UNKNOWN_PATH : { error: undefined, allow: match.entry.allow };
}

const UNKNOWN_PATH: Unrouted = { error: undefined, allow: undefined };

/**
 * The last step for requests that no route takes. Where no error route waits to catch the error, the plain answer is made
 * here, inside the middlewares, so that they can put their headers on it.
 */
function answerUnrouted<State>({ hasRootErrorRoute, rootSteps }: Compiled<State>): Step<State> {
  const scope = rootSteps.at(-1)?.scope ?? EMPTY_SCOPE;
  return {
    scope,
    run(ctx) {
      const { allow, error = new HttpError(allow === undefined ? 404 : 405) } =
        ctx[INTERNALS].unrouted ?? UNKNOWN_PATH;
      if (allow !== undefined && ctx.req.method === "OPTIONS") {
        return new Response(null, { status: 204, headers: { allow } });
      }
      ctx.error = error;
      if (hasRootErrorRoute || !(error instanceof HttpError)) throw error;
      return plainErrorResponse(error);
    },
  };
}

function finishResponse(
  response: Response,
  req: Request,
  { unrouted }: ContextInternals,
): Response {
  if (!(response instanceof Response)) {
    throw new TypeError("A middleware must give back a Response");
  }
  if (unrouted?.allow !== undefined && response.status === 405) {
    response.headers.set("allow", unrouted.allow);
  }
  return req.method === "HEAD" && response.body !== null ? new Response(null, response) : response;
}
