import { type Context, HttpError, type PageResponse } from "fresh";
import { type InputContext, readInput } from "./input.ts";
import { safePath } from "./safe_path.ts";

/** Answers a request, itself or by the page of the route. */
type Answer<S> = (
  ctx: Context<S>,
) => Response | PageResponse<unknown> | Promise<Response | PageResponse<unknown>>;

type Handlers<S> = Partial<Record<"GET" | "POST" | "PUT" | "DELETE", Answer<S>>>;

/**
 * The POST handler that lets a plain form, which can send nothing else, reach a PUT or DELETE: its
 * field `_method` says which one it means. `GET` opens the form again with what it was sent with;
 * a route without a form of its own leads to the page that the form was on.
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
