/**
 * What a build of the tests serves: its `server.js` takes `app` from here, as the one of production
 * takes it from main.ts.
 */
import type { App } from "fresh";
import type { State } from "@/lib/web/define.ts";

/** The application of main.ts where this is a server of its own, else what a test has placed here. */
export let app: App<State> | undefined = Deno.mainModule.endsWith("/server.js")
  ? (await import("@/main.ts")).app
  : undefined;

/** Has the next `server.js` that is loaded serve `next`. */
export function place(next: App<State>): void {
  app = next;
}
