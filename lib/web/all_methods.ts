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
 * The handlers of a route with an answer to every method: `HEAD` as `GET`, `OPTIONS` with those that
 * the route takes, 405 to all others. Fresh itself loads routes when they are first asked for, and
 * answers 404 to what it then finds missing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed
 */
export function answerAllMethods<Handlers extends object>(handlers: Handlers): Handlers {
  const taken = "GET" in handlers ? { HEAD: handlers.GET, ...handlers } : handlers;
  const allow = METHODS.filter((method) => method in taken || method === "OPTIONS").join(", ");
  const refuse = () => {
    throw new MethodError(allow);
  };
  return {
    ...Object.fromEntries(METHODS.map((method) => [method, refuse])),
    OPTIONS: () => new Response(null, { status: 204, headers: { allow } }),
    ...taken,
  };
}
