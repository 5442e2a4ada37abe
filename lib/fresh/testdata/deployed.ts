import { App } from "../mod.ts";

// Run by a test in a process of its own, as on a platform that names its deployments: prints what
// an application without a build says, and anything that listening writes.
try {
  new App().handler();
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
new App({ mode: "development" }).handler();
const signal = AbortSignal.timeout(0);
await new App({ mode: "development" }).listen({ hostname: "127.0.0.1", port: 0, signal });
