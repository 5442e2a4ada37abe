import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions } from "fresh/dev";
import { messageOf } from "@/lib/message_of.ts";
import { createBuilder } from "./builder.ts";

/** Packages with native code or WebAssembly, which they load from beside their own modules. */
const UNBUNDLED = ["sharp", "@node-rs/argon2", "@node-rs/bcrypt", "@electric-sql/pglite"];

const SERVER = "server.js";
const SERVE = "serve.js";
const MODULES = "modules.js";
const FOLDER = "build_";
const BUNDLE = "bundle.js";

/** A module that runs in its own thread (`lib/worker.ts`). */
const WORKER = /_worker\.ts$/;

/** A module of the routes folder, except tests. */
const ROUTE = /(?<![._]test)\.[jt]sx?$/;

/** Build options besides the output folder. */
export interface ProductionOptions extends Omit<BuildOptions, "outDir"> {
  /** Told of problems that do not stop the build. The console by default. */
  readonly warn?: (text: string) => void;
  /** Told of each step as it begins. */
  readonly say?: (text: string) => void;
}

/**
 * Builds the application for production. The output folder gets `serve.js` for `deno run` and
 * `server.js` for `deno serve`.
 *
 * Each build has its own folder there, and both files lead to the newest. The previous build stays,
 * because a running server reads files when they are first requested. Everything else in the output
 * folder is removed.
 *
 * @throws {Error} if something cannot be compiled. The previous build then stays in use.
 */
export async function buildForProduction(
  outDir = "_fresh",
  { warn = console.warn, say = () => {}, ...options }: ProductionOptions = {},
): Promise<void> {
  const root = resolve(outDir);
  const former = await folderOfFormerBuild(root);
  const name = `${FOLDER}${crypto.randomUUID()}`;
  const folder = `${root}/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    say("Building the pages, 1 of 3: scripts and styles");
    await createBuilder({ ...options, outDir: folder }).build();
    say("Building the pages, 2 of 3: the server");
    const workers = await listModules("lib", WORKER, options.root);
    await writeModules(folder, resolve(options.root ?? ".", options.serverEntry ?? "main.ts"));
    const entry = await bundleServer(folder, workers, warn);
    // Without a bundle nothing has read the routes yet. They are imported on demand.
    const unread = entry === BUNDLE
      ? workers.map((worker) => `${folder}/${fileOfWorker(worker)}`)
      : [...workers, ...await listModules("routes", ROUTE, options.root)];
    say("Building the pages, 3 of 3: reading its modules");
    await readAhead([`${folder}/${entry}`, ...unread]);
    for (const [file, text] of entriesOf(`./${name}/${entry}`)) {
      await replaceText(`${root}/${file}`, text);
    }
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  await removeAllBut(root, [SERVE, SERVER, name, former]);
}

/**
 * Bundles the server's modules, packages included, into a few files: loading them one by one takes
 * longer than everything else before the first answer. Returns the name of the module to serve,
 * which loads them one by one if bundling failed.
 */
async function bundleServer(
  folder: string,
  workers: readonly string[],
  warn: (text: string) => void,
): Promise<string> {
  try {
    await writeBundle(folder, workers);
    return BUNDLE;
  } catch (error) {
    // `Deno.bundle` is unstable and may reject code that Deno can run.
    warn(`The server will start more slowly, because it cannot be bundled: ${messageOf(error)}`);
    return MODULES;
  }
}

/** Writes one module with the server and the exports of the application's main module. */
async function writeModules(folder: string, main: string): Promise<void> {
  const text = `export { default } from "./${SERVER}";\nexport * from "${
    pathToFileURL(main).href
  }";\n`;
  await Deno.writeTextFile(`${folder}/${MODULES}`, text);
}

/** The two entry modules. An application without `handleBuild` works with `deno serve` too. */
function entriesOf(build: string): [name: string, text: string][] {
  return [
    [
      SERVE,
      `import * as build from "${build}";

await build.serveBuild(build.default.fetch, import.meta.url);
`,
    ],
    [
      SERVER,
      `import * as build from "${build}";

const { fetch } = build.default;
export default { fetch: build.handleBuild?.(fetch) ?? fetch };
`,
    ],
  ];
}

async function writeBundle(folder: string, workers: readonly string[]): Promise<void> {
  // Outside the folders that deno.json excludes, from which Deno would bundle nothing.
  await using entries = await temporaryFolder();
  const modules = pathToFileURL(`${folder}/${MODULES}`).href;
  const entrypoints = await Promise.all([
    writeEntry(
      entries.path,
      BUNDLE,
      `export { default } from "${modules}";\nexport * from "${modules}";\n`,
    ),
    // Each worker needs its own file. Code that it shares with the server is split off.
    ...workers.map((worker) =>
      writeEntry(entries.path, fileOfWorker(worker), `import "${pathToFileURL(worker).href}";\n`)
    ),
  ]);
  const { success, errors } = await Deno.bundle({
    entrypoints,
    // Beside Fresh's output, which finds its static files from there.
    outputDir: folder,
    platform: "deno",
    // Dynamic imports must stay lazy.
    codeSplitting: true,
    // Stack traces then name the sources.
    sourcemap: "linked",
    external: UNBUNDLED,
  });
  if (!success) throw new Error(errors.map(({ text }) => text).join("\n"));
}

async function writeEntry(folder: string, name: string, text: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/${name}`, text);
  return `${folder}/${name}`;
}

/** Returns the name of a worker's file in the bundle, where `startWorker()` looks for it. */
function fileOfWorker(module: string): string {
  return basename(module).replace(WORKER, "_worker.js");
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Lists the modules below a project folder whose names match, as absolute paths. */
async function listModules(name: string, pattern: RegExp, root = "."): Promise<string[]> {
  const folder = resolve(root, name);
  const files = existsSync(folder) ? await readdir(folder, { recursive: true }) : [];
  return files.filter((file) => pattern.test(file)).map((file) => `${folder}/${file}`);
}

/**
 * Makes Deno resolve and cache the imports of the new modules now. Otherwise the first start takes
 * twice as long as the second.
 */
async function readAhead(modules: readonly string[]): Promise<void> {
  const args = ["cache", "--quiet", "--config=deno.json", ...modules];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(`Cannot load the build:\n${new TextDecoder().decode(stderr)}`);
}

async function folderOfFormerBuild(root: string): Promise<string | undefined> {
  try {
    const server = await Deno.readTextFile(`${root}/${SERVER}`);
    return new RegExp(`"\\./(${FOLDER}[\\w-]+)/`).exec(server)?.[1];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Replaces a file atomically: a starting server reads the old file or the new one. */
async function replaceText(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

async function removeAllBut(root: string, names: readonly (string | undefined)[]): Promise<void> {
  for (const { name } of await Array.fromAsync(Deno.readDir(root))) {
    if (!names.includes(name)) await Deno.remove(`${root}/${name}`, { recursive: true });
  }
}
