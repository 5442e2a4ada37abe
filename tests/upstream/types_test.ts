import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { tempFolder } from "@/tests/kit/temp.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** Everything that imports Fresh, and its parts. */
const APPLICATION = [
  "main.ts",
  "dev.ts",
  "routes",
  "components",
  "islands",
  "lib/web",
  "lib/build",
];
const KIT = ["tests/kit/app.ts", "tests/kit/build.ts"];

/** Type-checks modules with upstream's interface instead of lib/fresh. */
async function check(modules: readonly string[]): Promise<{ ok: boolean; said: string }> {
  await using folder = await tempFolder();
  const importMap = join(folder.path, "import_map.json");
  await Deno.writeTextFile(importMap, JSON.stringify({ imports: await upstreamImports() }));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", `--import-map=${importMap}`, ...modules],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  return { ok: success, said: new TextDecoder().decode(stderr) };
}

/** The project's import map without Fresh's three names. */
async function upstreamImports(): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const upstream = {
    "fresh": "./tests/upstream/fresh.d.ts",
    "fresh/runtime": "./tests/upstream/runtime.d.ts",
    "fresh/dev": "./tests/upstream/dev.d.ts",
  };
  const entries = Object.entries<string>({ ...imports, ...upstream });
  // The map is in another folder, and its paths are relative to it.
  const root = pathToFileURL(`${ROOT}/`);
  return Object.fromEntries(entries.map(([name, target]) => [
    name,
    target.startsWith("./") ? new URL(target, root).href : target,
  ]));
}

Deno.test("the application only uses what upstream Fresh has", async () => {
  assert.deepEqual(await check([...APPLICATION, ...KIT]), { ok: true, said: "" });
});

Deno.test("a use of something that upstream lacks is found", async () => {
  await using folder = await tempFolder();
  const module = join(folder.path, "module.ts");
  await Deno.writeTextFile(module, 'import { App, serveSnapshot } from "fresh"; new App().attach;');
  const { ok, said } = await check([module]);
  assert.equal(ok, false);
  assert.match(said, /no exported member 'serveSnapshot'/);
  assert.match(said, /'attach' does not exist/);
});
