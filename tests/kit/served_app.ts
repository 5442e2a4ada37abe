/** What a build of the tests serves: its `server.js` takes `app` from here. */
import type { App } from "fresh";
import type { State } from "@/lib/web/define.ts";

/** What a test has placed here. */
export let app: App<State> | undefined;

/** Has the next `server.js` that is loaded serve `next`. */
export function place(next: App<State>): void {
  app = next;
}
