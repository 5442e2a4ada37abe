import { cp, symlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { tempFolder } from "./temp.ts";

/** A copy of the project in which the steps of a document can be followed. */
export interface ProjectCopy extends AsyncDisposable {
  /**
   * Follows a section of `docs/architecture.md`, block by block. Returns the files that differ
   * afterwards, except tests and documents.
   *
   * @throws {Error} if a block does not fit the project.
   */
  follow(heading: string): Promise<string[]>;
  /**
   * Runs Deno in the copy.
   *
   * @throws {Error} with its output, if it fails.
   */
  run(...args: string[]): Promise<void>;
}

const ROOT = resolve(import.meta.dirname!, "../..");
const DOCUMENT = "docs/architecture.md";

/** Parts that a copy omits or shares with the original. */
const LEFT_OUT = [".git", "_fresh", ".data", ".env"];
const SHARED = ["node_modules", ".test"];

/** Copies the project without builds and packages. */
export async function copyProject(): Promise<ProjectCopy> {
  const folder = await tempFolder();
  for await (const { name } of Deno.readDir(ROOT)) {
    if (LEFT_OUT.includes(name)) continue;
    if (SHARED.includes(name)) await symlink(join(ROOT, name), join(folder.path, name));
    else {await cp(join(ROOT, name), join(folder.path, name), {
        recursive: true,
        filter: isLasting,
      });}
  }
  return {
    async follow(heading) {
      const before = await readFiles(folder.path);
      for (const block of await readBlocks(heading)) await carryOut(block, folder.path);
      const after = await readFiles(folder.path);
      const paths = new Set([...before.keys(), ...after.keys()]);
      return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
    },
    run: (...args) => runDeno(args, folder.path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Tests that run at the same time have folders of their own beside the code. */
function isLasting(path: string): boolean {
  return !basename(path).startsWith("tmp_");
}

/** Reads the texts of a folder by path, except tests, documents and {@linkcode SHARED} folders. */
async function readFiles(root: string, folder = ""): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = join(folder, entry.name);
    if (entry.isSymlink || /^(?:docs|tests)$|_test\.tsx?$|\.md$/.test(path)) continue;
    if (entry.isDirectory) { for (const file of await readFiles(root, path)) texts.set(...file); }
    else texts.set(path, await Deno.readTextFile(join(root, path)));
  }
  return texts;
}

/** A block of code in a document. */
interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

async function readBlocks(heading: string): Promise<Block[]> {
  const document = await Deno.readTextFile(join(ROOT, DOCUMENT));
  const section = document.split(/^### /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${DOCUMENT} has no section "${heading}"`);
  const [text = ""] = section.split(/^## /m);
  // A block within a list is indented as the list is.
  return [...text.matchAll(/^( *)```(\w+)\n([^]*?)^\1```$/gm)].map(
    ([, indent = "", language = "", code = ""]) => ({
      language,
      lines: code.trimEnd().split("\n").map((line) => line.slice(indent.length)),
    }),
  );
}

/** Commands are run, a `diff` is applied, and a block that begins with a path is a new file. */
async function carryOut({ language, lines: [first = "", ...rest] }: Block, root: string) {
  switch (language) {
    case "sh":
      for (const command of [first, ...rest]) await runDeno(command.split(" ").slice(1), root);
      return;
    case "diff":
      return await applyDiff(await findFile(first.replace(/^\+\+\+ /, ""), root), rest);
    default: {
      const path = join(root, first.replace(/^\/\/ /, ""));
      return await Deno.writeTextFile(path, `${rest.join("\n").trim()}\n`, { createNew: true });
    }
  }
}

/** Finds the file of a path, which may have a `*` in its last part. */
async function findFile(path: string, root: string): Promise<string> {
  const file = join(root, path);
  if (!path.includes("*")) return file;
  const [folder, name] = [join(file, ".."), path.slice(path.lastIndexOf("/") + 1)];
  const [start = "", end = ""] = name.split("*");
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.startsWith(start) && entry.name.endsWith(end)) return join(folder, entry.name);
  }
  throw new Error(`${DOCUMENT} speaks of ${path}, and there is no such file`);
}

/** Removes the lines with `-` and adds those with `+`. The others show where. */
async function applyDiff(file: string, lines: readonly string[]): Promise<void> {
  let text = await Deno.readTextFile(file);
  for (const hunk of lines.join("\n").split(/^@@.*\n/m).map((part) => part.trimEnd())) {
    const side = (drop: string) =>
      hunk.split("\n").filter((line) => !line.startsWith(drop))
        .map((line) => `${line.slice(1)}\n`).join("");
    const parts = `\n${text}`.split(`\n${side("+")}`);
    if (parts.length !== 2) {
      throw new Error(`${DOCUMENT}: ${file} has these lines ${parts.length - 1} times:\n${hunk}`);
    }
    text = parts.join(`\n${side("-")}`).slice(1);
  }
  await Deno.writeTextFile(file, text);
}

async function runDeno(args: string[], cwd: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", APP_ENV: "test" },
    stdin: "null",
  }).output();
  if (success) return;
  const written = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(`deno ${args.join(" ")} failed:\n${written}`);
}
