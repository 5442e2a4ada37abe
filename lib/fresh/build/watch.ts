import { join } from "node:path";
import type { ResolvedBuildConfig } from "./options.ts";

/** Editors write a file in several steps, and formatters write it again: wait for quiet. */
const QUIET_MILLISECONDS = 50;

/** Yields whenever files of the project have changed and a moment of quiet has followed, until `signal` aborts. */
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

/** Resolves to whether there was a change; reading a file is none. */
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

/** The folders of the project, one by one: not those that are hidden or generated, which may be huge. */
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
