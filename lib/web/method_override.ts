import { type Context, HttpError, type PageResponse } from "fresh";
import { type InputContext, readInput } from "./input.ts";
import { safePath } from "./safe_path.ts";

/** Answers a request with a response or with the route's page. */
type Answer<S> = (
  ctx: Context<S>,
) => Response | PageResponse<unknown> | Promise<Response | PageResponse<unknown>>;

type Handlers<S> = Partial<Record<"GET" | "POST" | "PUT" | "DELETE", Answer<S>>>;

/**
 * Creates the POST handler that lets plain forms send PUT or DELETE, which the field `_method`
 * names. `GET` opens the form again with its input. A route without its own form redirects to the
 * page of the form.
 */
export function byFormMethod<S extends InputContext["state"]>(handlers: Handlers<S>): Answer<S> {
  return async (ctx) => {
    const { texts } = await readInput(ctx);
    const method = texts.get("_method") ?? "POST";
    const handler = isMethod(method) ? handlers[method] : undefined;
    if (handler) return await handler(ctx);
    if (method === "GET") return ctx.redirect(safePath(texts.get("next"), "/"), 303);
    const methods = Object.keys(handlers).filter((name) => name !== "GET");
    throw new HttpError(405, `Send the field _method with ${methods.join(" or ")}`);
  };
}

function isMethod(text: string): text is keyof Handlers<unknown> {
  return ["GET", "POST", "PUT", "DELETE"].includes(text);
}
