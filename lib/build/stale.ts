import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The sources of a build. */
const SOURCES = [
  "components",
  "islands",
  "lib",
  "migrations",
  "routes",
  "static",
  "styles",
  "deno.json",
  "deno.lock",
  "main.ts",
];

const STAMP = "_fresh/sources.sha256";

/**
 * Runs `build` unless the last build was made from the same sources.
 *
 * @returns whether it ran
 */
export async function buildIfStale(build: () => Promise<unknown>): Promise<boolean> {
  const hash = await hashSources();
  const built = existsSync(STAMP) ? await readFile(STAMP, "utf8") : undefined;
  if (built === hash) return false;
  await build();
  await mkdir("_fresh", { recursive: true });
  await writeFile(STAMP, hash);
  return true;
}

async function hashSources(): Promise<string> {
  const paths = (await Promise.all(SOURCES.map(listFiles))).flat();
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  const hash = createHash("sha256");
  paths.forEach((path, i) => hash.update(path).update(contents[i]!));
  return hash.digest("hex");
}

async function listFiles(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  if (/\.\w+$/.test(path)) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort();
}
