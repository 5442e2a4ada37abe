import { STATUS_CODES } from "node:http";
import { settleLazy } from "./chain.ts";
import type { Context, Middleware } from "./context.ts";
import { HttpError, statusOf } from "./http_error.ts";
import { INTERNALS } from "./internals.ts";
import { answerError } from "./route.ts";
import type { MaybeLazy, Route } from "./handlers.ts";

/** Answers an error that was thrown. */
export type ErrorRoute<State> = Route<State> | Middleware<State>;

/** An error route as an application registers it: its function may be lazy. */
export type MaybeLazyErrorRoute<State> = Route<State> | MaybeLazy<Middleware<State>>;

/** Makes an error route of one that may be lazy. */
export function settleErrorRoute<State>(route: MaybeLazyErrorRoute<State>): ErrorRoute<State> {
  return typeof route === "function" ? settleLazy(route) : route;
}

/** The error routes at one place. */
export interface ErrorRoutes<State> {
  /** Answers every 404, before {@link onError}. */
  readonly notFound: ErrorRoute<State> | undefined;
  readonly onError: ErrorRoute<State> | undefined;
}

/**
 * Makes the step that answers errors of the steps after it with an error route. Each error route runs once per request: if
 * it fails, the new error goes to the next one further out.
 */
export function errorBoundary<State>(routes: ErrorRoutes<State>): Middleware<State> {
  return async (ctx) => {
    try {
      return await ctx.next();
    } catch (error) {
      const route = takeTurn(routes, error, ctx);
      if (route === undefined) throw error;
      ctx.error = error;
      const answer = typeof route === "function" ? route : answerError(route, statusOf(error));
      return await answer(ctx);
    }
  };
}

function takeTurn<State>(
  { notFound, onError }: ErrorRoutes<State>,
  error: unknown,
  ctx: Context<State>,
): ErrorRoute<State> | undefined {
  const tried = ctx[INTERNALS].triedErrorRoutes ??= new Set();
  const candidates = statusOf(error) === 404 ? [notFound, onError] : [onError];
  const route = candidates.find((candidate) => candidate !== undefined && !tried.has(candidate));
  tried.add(route);
  return route;
}

/** Statuses without a body. To throw one is odd, but must not fail. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes the answer to an error that no error route has answered: status and message of an {@link HttpError} as plain
 * text. Any other error is a bug, so it is logged and the client learns nothing about it.
 */
export function plainErrorResponse(error: unknown): Response {
  const status = statusOf(error);
  if (status >= 500) console.error(error);
  if (WITHOUT_BODY.has(status)) return new Response(null, { status });
  const text = error instanceof HttpError
    ? error.message || (STATUS_CODES[status] ?? "")
    : "Internal server error";
  return new Response(text, { status });
}
