import { type HandlerFn, HttpError } from "fresh";
import type { State } from "./define.ts";
import { readInput } from "./input.ts";

/**
 * The POST handler that lets a plain form, which can send nothing else, reach a PUT or DELETE: its
 * field `_method` says which one it means.
 */
export function byFormMethod<S extends State, Data = never>(
  handlers: { PUT?: HandlerFn<Data, S>; DELETE?: HandlerFn<Data, S> },
): HandlerFn<Data, S> {
  return async (ctx) => {
    const { texts } = await readInput(ctx);
    const method = texts.get("_method");
    const handler = method === "PUT" || method === "DELETE" ? handlers[method] : undefined;
    if (handler) return await handler(ctx);
    throw new HttpError(405, `Send the field _method with ${Object.keys(handlers).join(" or ")}`);
  };
}
