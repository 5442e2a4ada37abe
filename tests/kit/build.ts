import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "fresh";
import { createBuilder } from "@/lib/build/builder.ts";
import { buildForProduction } from "@/lib/build/production_build.ts";
import type { State } from "@/lib/web/define.ts";
import { place } from "./served_app.ts";
import { tempFolder } from "./temp.ts";

/** Variables in which `deno task test` passes its builds to the tests. */
const VARIABLES = {
  /** Folder of the build for servers in the processes of the tests. */
  build: "TEST_BUILD",
  /** Folder for the production build, which the first test that needs it creates. */
  production: "TEST_PRODUCTION_BUILD",
} as const;

/** The builds of a test run. Disposing them deletes them. */
export interface TestBuild extends AsyncDisposable {
  /** Of the build for servers in the processes of the tests. */
  readonly folder: string;
  /** Environment variables for the tests. */
  readonly env: Record<string, string>;
}

/** Builds for servers in the processes of the tests, once for all of them. */
export async function prepareBuild(): Promise<TestBuild> {
  await using stack = new AsyncDisposableStack();
  const build = stack.use(await tempFolder());
  const production = stack.use(await tempFolder());
  const serverEntry = join(import.meta.dirname!, "served_app.ts");
  // Not bundled, so that a test shares its modules with the application.
  await createBuilder({ outDir: build.path, serverEntry }).build();
  const kept = stack.move();
  return {
    folder: build.path,
    env: { [VARIABLES.build]: build.path, [VARIABLES.production]: production.path },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A production build, separate from the one that a server may use. */
export interface ProductionBuild extends AsyncDisposable {
  readonly folder: string;
  /** The arguments of `deno serve` for this build, after its options. */
  readonly args: readonly string[];
  /** The same for `deno run`, for a server that can stop listening. */
  readonly runArgs: readonly string[];
}

/** Builds for production, for servers in separate processes, once per test run if there is one. */
export async function prepareProduction(): Promise<ProductionBuild> {
  const shared = Deno.env.get(VARIABLES.production);
  await using stack = new AsyncDisposableStack();
  const folder = shared ?? stack.use(await tempFolder()).path;
  await buildOnce(`${folder}/build`, `${folder}/lock`);
  // A build elsewhere needs the import map to find modules that are not bundled.
  const config = `--config=${join(import.meta.dirname!, "../../deno.json")}`;
  const kept = stack.move();
  return {
    folder: `${folder}/build`,
    args: [config, `${folder}/build/server.js`],
    runArgs: [config, `${folder}/build/serve.js`],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Simultaneous tests wait for the one that builds. */
async function buildOnce(outDir: string, lockPath: string): Promise<void> {
  using lock = await Deno.open(lockPath, { create: true, write: true });
  await lock.lock(true);
  if (!existsSync(`${outDir}/serve.js`)) await buildForProduction(outDir);
}

/** Attaches a build to an application. */
export type Attach = (app: App<State>) => Promise<Deno.ServeHandler>;

let attach: Promise<Attach> | undefined;

/** Loads the build of the run, or builds if there is none, once per test module. */
export function loadBuild(): Promise<Attach> {
  const folder = Deno.env.get(VARIABLES.build);
  return attach ??= folder ? loadBuildFrom(folder) : buildInMemory();
}

/** Opens a build on disk. Only these have compressed files, as in production. */
export function loadBuildFrom(folder: string): Promise<Attach> {
  const file = pathToFileURL(join(folder, "server.js")).href;
  let loading: Promise<unknown> = Promise.resolve();
  let loads = 0;
  const load = async (app: App<State>): Promise<Deno.ServeHandler> => {
    place(app);
    // A module runs once for each address, and each application needs its own server.
    const server: { default: { fetch: Deno.ServeHandler } } = await import(`${file}?${++loads}`);
    return server.default.fetch;
  };
  return Promise.resolve((app) => {
    // One after the other, because there is only one place.
    const loaded = loading.then(() => load(app));
    loading = loaded.catch(() => undefined);
    return loaded;
  });
}

async function buildInMemory(): Promise<Attach> {
  const apply = await createBuilder().build({ snapshot: "memory" });
  return (app) => {
    apply(app);
    return Promise.resolve(app.handler());
  };
}
