import { endDenoServe } from "@/lib/serve/deno_serve.ts";
import { readLaunch } from "@/lib/serve/launch.ts";
import { openServer } from "@/lib/serve/open_server.ts";
import { serve } from "@/lib/serve/serve.ts";
import { createApp } from "@/lib/web/app.ts";

const launch = readLaunch(Deno.args);
const { services, ending } = await openServer(launch);

/** The application, for a build and the development server. */
export const app = createApp(services);

/** Serves a build until the process is told to end: `_fresh/serve.js`. */
export function serveBuild(handler: Deno.ServeHandler, entry: string): Promise<void> {
  return serve(handler, entry, { settings: services.settings, parent: launch.parent, ending });
}

/** Returns a build's handler for `deno serve`, which ends in order: `_fresh/server.js`. */
export function handleBuild(handler: Deno.ServeHandler): Deno.ServeHandler {
  return endDenoServe(handler, ending);
}
