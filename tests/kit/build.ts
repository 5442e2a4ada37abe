import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "fresh";
import { createBuilder } from "@/lib/build/builder.ts";
import { serveSnapshot, type Snapshot } from "@/lib/fresh/build/snapshot.ts";
import { tempFolder } from "./temp.ts";

/** How `deno task test` tells the tests where the build of the run is. */
const VARIABLE = "TEST_BUILD";

/** The production build of a test run, gone when it is disposed. */
export interface TestBuild extends AsyncDisposable {
  readonly folder: string;
  /** What tells the tests of it. */
  readonly env: Record<string, string>;
}

/** Builds the application once for all tests, away from the build that a server may run on. */
export async function prepareBuild(): Promise<TestBuild> {
  const folder = await tempFolder();
  await createBuilder({ outDir: folder.path }).build();
  return {
    folder: folder.path,
    env: { [VARIABLE]: folder.path },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Answers requests to an application. */
type Handler = ReturnType<App<unknown>["handler"]>;

/** Gives an application the build it is to serve. */
export type Attach = <State>(app: App<State>) => Handler;

let attach: Promise<Attach> | undefined;

/** The build of the run, or one of its own where there is no such run; once a test module. */
export function loadBuild(): Promise<Attach> {
  const folder = Deno.env.get(VARIABLE);
  return attach ??= folder ? loadBuildFrom(folder) : buildInMemory();
}

/** A build that lies on disk; it alone has its files compressed, as in production. */
export async function loadBuildFrom(folder: string): Promise<Attach> {
  const file = pathToFileURL(join(folder, "snapshot.js"));
  const { snapshot }: { snapshot: Snapshot } = await import(file.href);
  return (app) => serveSnapshot(app, snapshot);
}

async function buildInMemory(): Promise<Attach> {
  const apply = await createBuilder().build({ snapshot: "memory" });
  return (app) => {
    apply(app);
    return app.handler();
  };
}
