import { join } from "node:path";
import type { ResolvedBuildConfig } from "./options.ts";

/** Editors write a file in several steps, and formatters write it again, so wait until nothing changes. */
const QUIET_MILLISECONDS = 50;

/** Yields after each change of files of the project, once nothing changes any more, until `signal` aborts. */
export async function* watchProject(
  config: ResolvedBuildConfig,
  signal: AbortSignal,
): AsyncGenerator<void> {
  if (signal.aborted) return;
  const watcher = Deno.watchFs(await watchedFolders(config));
  signal.addEventListener("abort", () => watcher.close(), { once: true });
  const events = watcher[Symbol.asyncIterator]();
  for (let next = nextChange(events); await next;) {
    next = nextChange(events);
    while (await Promise.race([next, quiet()])) next = nextChange(events);
    if (signal.aborted) return;
    yield;
  }
}

/** Waits for a change. Resolves to false at the end. Reading a file is not a change. */
async function nextChange(events: AsyncIterator<Deno.FsEvent>): Promise<boolean> {
  while (true) {
    const { done, value } = await events.next();
    if (done === true) return false;
    if (value.kind !== "access") return true;
  }
}

function quiet(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), QUIET_MILLISECONDS));
}

/** Lists the folders of the project except those that are hidden or generated, which may be huge. */
async function watchedFolders(config: ResolvedBuildConfig): Promise<string[]> {
  const folders = new Set([config.islandDir, config.routeDir, ...config.staticDir].filter(exists));
  for await (const { name, isDirectory } of Deno.readDir(config.root)) {
    const path = join(config.root, name);
    const isGenerated = name.startsWith(".") || name === "node_modules" || path === config.outDir;
    if (isDirectory && !isGenerated) folders.add(path);
  }
  return [...folders];
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
