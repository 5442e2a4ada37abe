import { join, relative } from "node:path";
import type { ResolvedBuildConfig } from "./options.ts";
import type { Transformers } from "./transform.ts";

/** A file of the routes directory. */
export interface RouteFile {
  /** Absolute path. */
  readonly file: string;
  /** Path below the routes directory, forward slashes. */
  readonly path: string;
  /** Whether it must be loaded to know its URL. */
  readonly eager: boolean;
}

const SOURCE_FILE = /\.[jt]sx?$/;
const ISLAND_FOLDER = /(^|\/)\(_islands\)\//;
/** Folders in parentheses that begin with an underscore never hold routes. */
const PRIVATE_FOLDER = /(^|\/)\(_[^/]*\)\//;

/** Lists the files of the routes directory, sorted by path. */
export async function findRoutes({ routeDir, ignore }: ResolvedBuildConfig): Promise<RouteFile[]> {
  const files = await sourceFiles(routeDir, ignore);
  const routes = files.filter(({ path }) => !PRIVATE_FOLDER.test(path));
  return await Promise.all(routes.map(async ({ file, path }) => ({
    file,
    path,
    eager: (await Deno.readTextFile(file)).includes("routeOverride"),
  })));
}

/** Lists the absolute paths of island modules: those of the island folder, then those among the routes. */
export async function findIslands(
  { islandDir, routeDir, ignore }: ResolvedBuildConfig,
): Promise<string[]> {
  const [own, amongRoutes] = await Promise.all([
    sourceFiles(islandDir, ignore),
    sourceFiles(routeDir, ignore),
  ]);
  const islands = [...own, ...amongRoutes.filter(({ path }) => ISLAND_FOLDER.test(path))];
  return [...new Set(islands.map(({ file }) => file))];
}

async function sourceFiles(dir: string, ignore: readonly RegExp[]) {
  const files = await listFiles(dir);
  return files
    .filter((file) => SOURCE_FILE.test(file) && !ignore.some((pattern) => pattern.test(file)))
    .map((file) => ({ file, path: relative(dir, file).replaceAll("\\", "/") }));
}

/** Reads and transforms the static files. Returns their content by URL path. */
export async function collectStaticFiles(
  config: ResolvedBuildConfig,
  transformers: Transformers,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const collected = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const dir of config.staticDir) {
    for (const path of (await listFiles(dir)).filter((file) => !isHidden(dir, file))) {
      const content = await Deno.readFile(path);
      for (const made of await transformers.run({ path, content }, dir, config)) {
        const url = urlPath(dir, made.path);
        // The first folder that has a file wins.
        if (!collected.has(url)) collected.set(url, made.content);
      }
    }
  }
  return collected;
}

function urlPath(dir: string, path: string): string {
  return `/${relative(dir, path).replaceAll("\\", "/")}`;
}

/** Files and folders that begin with a dot are not public, except the one that RFC 8615 names. */
function isHidden(dir: string, path: string): boolean {
  return urlPath(dir, path).split("/").some((part) =>
    part.startsWith(".") && part !== ".well-known"
  );
}

/** Lists all files below a folder, sorted, or none if it does not exist. Does not follow symbolic links. */
async function listFiles(dir: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readDir(dir)) {
    const path = join(dir, entry.name);
    if (entry.isDirectory) files.push(...await listFiles(path));
    else if (entry.isFile) files.push(path);
  }
  return files;
}

async function readDir(dir: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(dir));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
