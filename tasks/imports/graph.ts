import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** One import of a file. */
export interface Import {
  /** The importing file, as a path from the root. */
  readonly from: string;
  /** Line in it, from 1. */
  readonly line: number;
  /** The imported file as a path from the root, or the specifier if it is not one of our files. */
  readonly to: string;
  /** The specifier as written. */
  readonly written: string;
  readonly kind: "file" | "package";
  /** `type` for `import type`, which disappears when the program runs. */
  readonly use: "code" | "type";
}

/** Folders without modules of the project. */
const SKIPPED = new Set(["node_modules", "_fresh", "fixtures"]);

/** The part of `deno info --json` that is used. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

interface Dependency {
  readonly specifier: string;
  readonly code?: Target;
  readonly type?: Target;
}

interface Target {
  readonly specifier?: string;
  readonly error?: string;
  readonly span: { readonly start: { readonly line: number } };
}

/**
 * Reads all imports of the modules below `root` as Deno resolves them, including the import map,
 * dynamic imports and the JSX runtime.
 *
 * @throws {Error} if a module cannot be parsed.
 */
export async function readImports(root: string): Promise<Import[]> {
  const { modules } = await graphOf(root, await findModules(root));
  const broken = modules.find((module) => module.error?.includes("could not be parsed"));
  if (broken) throw new Error(`${broken.specifier}: ${broken.error}`);
  return modules
    .filter(({ specifier }) => pathOf(root, specifier) !== undefined)
    .flatMap(({ specifier, dependencies = [] }) =>
      dependencies.flatMap((dependency) => importsOf(root, specifier, dependency))
    );
}

function importsOf(root: string, specifier: string, dependency: Dependency): Import[] {
  const from = pathOf(root, specifier) ?? specifier;
  return (["code", "type"] as const).flatMap((use) => {
    const target = dependency[use];
    if (!target) return [];
    const path = target.specifier && pathOf(root, target.specifier);
    const written = dependency.specifier;
    const one = { from, line: target.span.start.line + 1, written, use };
    return [
      path
        ? { ...one, to: path, kind: "file" as const }
        : { ...one, to: written, kind: "package" as const },
    ];
  });
}

function pathOf(root: string, specifier: string): string | undefined {
  if (!specifier.startsWith("file:")) return undefined;
  const path = relative(root, fileURLToPath(specifier));
  return path.startsWith("..") || path.startsWith("node_modules") ? undefined : path;
}

/** Asks Deno for the graph of a module that imports all of them. */
async function graphOf(root: string, files: readonly string[]): Promise<Info> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", `--config=${join(root, "deno.json")}`, entry],
      cwd: root,
    }).output();
    if (!success) throw new Error(`deno info failed:\n${new TextDecoder().decode(stderr)}`);
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(entry);
  }
}

async function findModules(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith(".") || SKIPPED.has(name)) continue;
    if (isDirectory) found.push(...await findModules(join(folder, name)));
    else if (/\.tsx?$/.test(name)) found.push(join(folder, name));
  }
  return found;
}
