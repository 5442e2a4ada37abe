import { HttpError } from "fresh";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** A method that a route does not take. */
export class MethodError extends HttpError {
  constructor(
    /** Methods that it takes, as in the header `Allow`. */
    readonly allow: string,
  ) {
    super(405);
  }
}

/**
 * Completes the handlers of a route: `HEAD` answers like `GET`, `OPTIONS` lists the methods, and
 * all others get 405. Upstream Fresh, which loads a route at its first request, would answer 404
 * for a missing method. The refusals are inherited, so that lib/fresh names only the route's own
 * methods in `Allow`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed
 */
export function answerAllMethods<Handlers extends object>(handlers: Handlers): Handlers {
  const taken = "GET" in handlers ? { HEAD: handlers.GET, ...handlers } : handlers;
  const allow = METHODS.filter((method) => method in taken || method === "OPTIONS").join(", ");
  const refuse = () => {
    throw new MethodError(allow);
  };
  const refusals = Object.fromEntries(METHODS.map((method) => [method, refuse]));
  const OPTIONS = () => new Response(null, { status: 204, headers: { allow } });
  return Object.assign(Object.create(refusals), { OPTIONS, ...taken });
}
