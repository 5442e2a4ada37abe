import { HttpError } from "fresh";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** A method that a route does not take. */
export class MethodError extends HttpError {
  constructor(
    /** Those it takes, as the header `Allow` has them. */
    readonly allow: string,
  ) {
    super(405);
  }
}

/**
 * Gives the handlers of a route an answer to every method: `HEAD` as `GET`, `OPTIONS` with those that
 * the route takes, 405 to all others. Upstream Fresh, which loads a route at its first request, would
 * answer 404 to what it then finds missing. The refusals are inherited: what a route takes are its
 * own properties, and lib/fresh names only those in `Allow`.
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
