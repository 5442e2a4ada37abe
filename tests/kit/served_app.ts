/** The application of a test build: its `server.js` imports `app` from here. */
import type { App } from "fresh";
import type { State } from "@/lib/web/define.ts";

/** The application that a test has set. */
export let app: App<State> | undefined;

/** Makes the next loaded `server.js` serve `next`. */
export function place(next: App<State>): void {
  app = next;
}
