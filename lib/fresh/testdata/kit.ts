/** What tests of applications share. */
import type { App, Context, Middleware } from "../mod.ts";

/** Asks an application as a client would. */
export async function ask<State>(
  app: App<State>,
  path = "/",
  method = "GET",
): Promise<Response> {
  return await app.handler()(new Request(`http://localhost${path}`, { method }));
}

/** The body of what it answers. */
export async function textOf<State>(
  app: App<State>,
  path = "/",
  method = "GET",
): Promise<string> {
  return await (await ask(app, path, method)).text();
}

/** A handler that answers with a fixed text. */
export function say(text: string): Middleware<unknown> {
  return (ctx) => ctx.text(text);
}

/** A handler that tells how the request was matched. */
export function paramsOf(ctx: Context<unknown>): Response {
  return ctx.json({ route: ctx.route, params: ctx.params });
}

/** A middleware whose header shows that it has seen the answer. */
export const setsHeader: Middleware<unknown> = async (ctx) => {
  const response = await ctx.next();
  response.headers.set("x-after", "yes");
  return response;
};
