import { type Context, HttpError, type PageResponse } from "fresh";
import type { State } from "./define.ts";
import { readInput } from "./input.ts";

/** Answers a request, itself or by the page of the route. */
type Answer<S, Data> = (ctx: Context<S>) => Promise<Response | PageResponse<Data>>;

/**
 * The POST handler that lets a plain form, which can send nothing else, reach a PUT or DELETE: its
 * field `_method` says which one it means.
 */
export function byFormMethod<S extends State, Data = never>(
  handlers: { PUT?: Answer<S, Data>; DELETE?: Answer<S, Data> },
): Answer<S, Data> {
  return async (ctx) => {
    const { texts } = await readInput(ctx);
    const method = texts.get("_method");
    const handler = method === "PUT" || method === "DELETE" ? handlers[method] : undefined;
    if (handler) return await handler(ctx);
    throw new HttpError(405, `Send the field _method with ${Object.keys(handlers).join(" or ")}`);
  };
}
