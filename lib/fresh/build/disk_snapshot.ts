import { dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Encoding } from "../build_cache.ts";
import { describeFile, encodeFile } from "./file_record.ts";
import type { ResolvedBuildConfig } from "./options.ts";
import type { BuildProducts } from "./produce.ts";
import type { FileRecord } from "./snapshot.ts";

const FILES = "files";

/**
 * Replaces the content of `outDir` with a build: `server.js` for `deno serve`, `snapshot.js` with what it serves, and a
 * folder with the static files in all their encodings.
 */
export async function writeSnapshot(
  config: ResolvedBuildConfig,
  products: BuildProducts,
): Promise<void> {
  const { outDir } = config;
  await makeEmpty(outDir);
  const contents = [...products.staticFiles, ...products.bundle.files];
  const records = await Promise.all(contents.map(async ([path, content]) => [
    path,
    await writeFile(join(outDir, FILES), path, content, products.bundle.files.has(path)),
  ]));
  const snapshot = snapshotModule(config, products, Object.fromEntries(records));
  await Deno.writeTextFile(join(outDir, "snapshot.js"), snapshot);
  await Deno.writeTextFile(join(outDir, "server.js"), serverModule(config));
}

async function makeEmpty(dir: string): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  for (const { name } of await Array.fromAsync(Deno.readDir(dir))) {
    await Deno.remove(join(dir, name), { recursive: true });
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
const filesDir = pathOf("./${FILES}/");

export const snapshot = {
  root: pathOf(${specifier(outDir, root)}),
  mode: ${JSON.stringify(mode)},
  buildId: ${JSON.stringify(buildId)},
  boot: ${JSON.stringify(bundle.boot)},
  islands: [
${islandList.join("")}  ],
  routes: [
${routeList.join("")}  ],
  files: ${JSON.stringify(files)},
  read: (path, encoding) => Deno.readFile(filesDir + encoding + path),
};
`;
}

/** Returns a string literal with the path from the output folder to a file, or with a package specifier. */
function specifier(outDir: string, target: string): string {
  if (!isAbsolute(target)) return JSON.stringify(target);
  const path = relative(outDir, target).replaceAll("\\", "/");
  const url = encodeURI(path).replaceAll("#", "%23").replaceAll("?", "%3F");
  return JSON.stringify(path.startsWith(".") ? url : `./${url}`);
}

function ourModule(path: string): string {
  return fileURLToPath(import.meta.resolve(path));
}
