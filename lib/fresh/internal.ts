/** What generated code and the builder need of an application; not public. */

import { App } from "./app.ts";
import type { BuildCache } from "./build_cache.ts";
import type { ServeHandler } from "./dispatch.ts";

/** Attaches a build to an application: its file routes, islands and static files. Call before `app.handler()`. */
export function setBuildCache<State>(app: App<State>, buildCache: BuildCache): void {
  App.attach(app, buildCache);
}

/** What a server calls for each request; fit for `Deno.serve`, which need not wait for an answer that is there. */
export function serveHandler<State>(app: App<State>): ServeHandler {
  return App.serveHandler(app);
}
