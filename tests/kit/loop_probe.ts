/** Runs in the thread of a server and reports over HTTP how long its event loop was blocked. */
import { watchEventLoop } from "./loop_watch.ts";

const watch = watchEventLoop();
Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("LOOP_PROBE_PORT")), onListen() {} },
  () => new Response(String(watch.takeLongest())),
);
