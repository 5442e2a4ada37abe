import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions } from "fresh/dev";
import { createBuilder } from "./builder.ts";

/** Packages with native code or WebAssembly, which they look for beside their own modules. */
const UNBUNDLED = ["sharp", "@node-rs/argon2", "@electric-sql/pglite"];

const SERVER = "server.js";
const FOLDER = "build_";
const BUNDLE = "bundle.js";

/** How to build, beside where to. */
export interface ProductionOptions extends Omit<BuildOptions, "outDir"> {
  /** Hears of what went wrong and does not stop the build; the console if absent. */
  readonly warn?: (text: string) => void;
}

/**
 * Builds the application for production: `server.js` in the output folder is for `deno serve`.
 *
 * Each build has a folder of its own there, and `server.js` leads to the newest. The one before it
 * stays, for a server that still runs on it reads files when they are first asked for; whatever
 * else lies in the output folder goes.
 *
 * @throws {Error} if something cannot be compiled; the build before then stays in force.
 */
export async function buildForProduction(
  outDir = "_fresh",
  { warn = console.warn, ...options }: ProductionOptions = {},
): Promise<void> {
  const root = resolve(outDir);
  const former = await folderOfFormerBuild(root);
  const name = `${FOLDER}${crypto.randomUUID()}`;
  const folder = `${root}/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    await createBuilder({ ...options, outDir: folder }).build();
    const entry = await bundleServer(folder, warn);
    // Where the bundler gave up, nobody has read the routes yet, which are imported when asked for.
    const unread = entry === BUNDLE ? [] : await listRoutes(options.root);
    await readAhead([`${folder}/${entry}`, ...unread]);
    await replaceText(`${root}/${SERVER}`, `export { default } from "./${name}/${entry}";\n`);
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  await removeAllBut(root, [SERVER, name, former]);
}

/**
 * Puts the modules of the server together in a few files, packages included: to find and load them
 * one by one takes longer than all else that happens before the first answer. Gives the name of the
 * module to serve: without a bundle, the one that loads them one by one.
 */
async function bundleServer(folder: string, warn: (text: string) => void): Promise<string> {
  try {
    await writeBundle(folder);
    return BUNDLE;
  } catch (error) {
    // `Deno.bundle` is unstable, and may not be able to take what Deno can run.
    const reason = error instanceof Error ? error.message : String(error);
    warn(`The server will start slower, for it cannot be bundled: ${reason}`);
    return SERVER;
  }
}

async function writeBundle(folder: string): Promise<void> {
  // Not of a folder that deno.json excludes: Deno would bundle nothing.
  await using entry = await temporaryFolder();
  const server = pathToFileURL(`${folder}/${SERVER}`).href;
  await Deno.writeTextFile(`${entry.path}/${BUNDLE}`, `export { default } from "${server}";\n`);
  const { success, errors } = await Deno.bundle({
    entrypoints: [`${entry.path}/${BUNDLE}`],
    // Beside what Fresh has written, which finds its static files from there.
    outputDir: folder,
    platform: "deno",
    // What is imported when it is needed shall not be loaded before.
    codeSplitting: true,
    // Deno names the places of the sources in stack traces.
    sourcemap: "linked",
    external: UNBUNDLED,
  });
  if (!success) throw new Error(errors.map(({ text }) => text).join("\n"));
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** The modules of the routes folder. */
async function listRoutes(root = "."): Promise<string[]> {
  const folder = `${root}/routes`;
  const files = existsSync(folder) ? await readdir(folder, { recursive: true }) : [];
  const modules = files.filter((file) => /\.[jt]sx?$/.test(file) && !/[._]test\./.test(file));
  return modules.map((file) => `${folder}/${file}`);
}

/**
 * Has Deno look for the imports of the new modules now, and remember them: without it the first
 * start takes twice as long as the second.
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

/** Atomic: a server that starts meanwhile reads the old file or the new one, never a half. */
async function replaceText(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

async function removeAllBut(root: string, names: readonly (string | undefined)[]): Promise<void> {
  for (const { name } of await Array.fromAsync(Deno.readDir(root))) {
    if (!names.includes(name)) await Deno.remove(`${root}/${name}`, { recursive: true });
  }
}
