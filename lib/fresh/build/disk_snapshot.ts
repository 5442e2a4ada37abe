import { dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Encoding } from "../build_cache.ts";
import { describeFile, encodeFile } from "./file_record.ts";
import type { ResolvedBuildConfig } from "./options.ts";
import type { BuildProducts } from "./produce.ts";
import type { FileRecord } from "./stored_file.ts";

const [SERVER, SNAPSHOT] = ["server.js", "snapshot.js"] as const;

/**
 * Writes a build to `outDir`: `server.js` for `deno serve`, `snapshot.js` with what it serves, and a folder with the
 * static files in each of their codings. The folder of the build before stays, for a server that still runs on it reads
 * a file when it is first asked for; everything else that lies in `outDir` goes.
 */
export async function writeSnapshot(
  config: ResolvedBuildConfig,
  products: BuildProducts,
): Promise<void> {
  const { outDir } = config;
  const former = await folderOfFormerBuild(outDir);
  const folder = `${FOLDER}${crypto.randomUUID()}`;
  const contents = [...products.staticFiles, ...products.bundle.files];
  const records = await Promise.all(contents.map(async ([path, content]) => [
    path,
    await writeFile(join(outDir, folder), path, content, products.bundle.files.has(path)),
  ]));
  await Deno.mkdir(outDir, { recursive: true });
  const snapshot = snapshotModule(config, products, folder, Object.fromEntries(records));
  await replaceText(join(outDir, SNAPSHOT), snapshot);
  await replaceText(join(outDir, SERVER), serverModule(config));
  await removeAllBut(outDir, [SERVER, SNAPSHOT, folder, former]);
}

const FOLDER = "files_";

/** The name of the folder that the snapshot now in `outDir` reads; `undefined` where there is none. */
async function folderOfFormerBuild(outDir: string): Promise<string | undefined> {
  try {
    const snapshot = await Deno.readTextFile(join(outDir, SNAPSHOT));
    return new RegExp(`"\\./(${FOLDER}[\\w-]+)/"`).exec(snapshot)?.[1];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Renaming is atomic: a server that starts meanwhile reads the old file or the new one, never a half. */
async function replaceText(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

async function removeAllBut(dir: string, names: readonly (string | undefined)[]): Promise<void> {
  for (const { name } of await Array.fromAsync(Deno.readDir(dir))) {
    if (!names.includes(name)) await Deno.remove(join(dir, name), { recursive: true });
  }
}

async function writeFile(
  folder: string,
  path: string,
  content: Uint8Array<ArrayBuffer>,
  immutable: boolean,
): Promise<FileRecord> {
  const encoded = await encodeFile(path, content);
  for (const [encoding, bytes] of encoded) {
    const target = join(folder, encoding, path);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(target, bytes);
  }
  return describeFile(path, content, immutable, [...encoded.keys()] satisfies Encoding[]);
}

function serverModule({ outDir, serverEntry }: ResolvedBuildConfig): string {
  return `import { serveSnapshot } from ${specifier(outDir, ourModule("./snapshot.ts"))};
import { app } from ${specifier(outDir, serverEntry)};
import { snapshot } from "./snapshot.js";

export default { fetch: serveSnapshot(app, snapshot) };
`;
}

function snapshotModule(
  { outDir, root, mode, buildId }: ResolvedBuildConfig,
  { islands, bundle, routes }: BuildProducts,
  folder: string,
  files: Record<string, FileRecord>,
): string {
  const imports = islands.map((island, i) =>
    `import * as island${i} from ${specifier(outDir, island.specifier)};\n`
  );
  const islandList = bundle.islands.map((client, i) =>
    `    { module: island${i}, ...${JSON.stringify(client)} },\n`
  );
  const routeList = routes.map(({ file, path, eager }) =>
    `    { path: ${JSON.stringify(path)}, eager: ${eager}, ` +
    `load: () => import(${specifier(outDir, file)}) },\n`
  );
  return `import { fileURLToPath } from "node:url";
${imports.join("")}
const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const filesDir = pathOf("./${folder}/");

export const snapshot = {
  root: pathOf(${specifier(outDir, root)}),
  mode: ${JSON.stringify(mode)},
  buildId: ${JSON.stringify(buildId)},
  clientEntry: ${JSON.stringify(bundle.clientEntry)},
  islands: [
${islandList.join("")}  ],
  routes: [
${routeList.join("")}  ],
  files: ${JSON.stringify(files)},
  read: (path, encoding) => Deno.readFile(filesDir + encoding + path),
};
`;
}

/** A string literal with the way from the output folder to a file; package specifiers as they are. */
function specifier(outDir: string, target: string): string {
  if (!isAbsolute(target)) return JSON.stringify(target);
  const path = relative(outDir, target).replaceAll("\\", "/");
  const url = encodeURI(path).replaceAll("#", "%23").replaceAll("?", "%3F");
  return JSON.stringify(path.startsWith(".") ? url : `./${url}`);
}

function ourModule(path: string): string {
  return fileURLToPath(import.meta.resolve(path));
}
