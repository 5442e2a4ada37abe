import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { captureConsole } from "@/tests/kit/console.ts";
import { type TempFolder, tempFolder } from "@/tests/kit/temp.ts";
import { checkImports } from "./check_imports.ts";

type Tree = Readonly<Record<string, string>>;

const CONFIGURATION = JSON.stringify({
  imports: { "@/": "./", "fresh": "./lib/fresh/mod.ts", "fresh/runtime": "./lib/fresh/runtime.ts" },
});

/** What the check says of a project with these files. */
async function check(tree: Tree): Promise<{ exitCode: number; said: string[] }> {
  await using folder = await plant({ "deno.json": CONFIGURATION, ...tree });
  let exitCode = -1;
  const lines = await captureConsole(async () => {
    exitCode = await checkImports(folder.path);
  });
  const said = lines.filter(({ level }) => level === "error").map(({ text }) => text);
  return { exitCode, said };
}

async function plant(tree: Tree): Promise<TempFolder> {
  const folder = await tempFolder();
  for (const [path, source] of Object.entries(tree)) {
    await Deno.mkdir(join(folder.path, dirname(path)), { recursive: true });
    await Deno.writeTextFile(join(folder.path, path), source);
  }
  return folder;
}

const VALUE = "export const value = 1; export type Value = number;\n";

/** File that imports, import, file that is imported, what the check says. */
const FAULTS = [
  ["routes/b.ts", 'import { value } from "@/routes/a.ts";', /^routes\/b\.ts:1: routes may not/],
  ["routes/b.ts", 'import { value } from "@/lib/repo/a.ts";', /routes may not import repo/],
  ["routes/b.ts", 'import type { Value } from "@/lib/db/a.ts";', /routes may not import db/],
  ["lib/domain/b.ts", 'import { value } from "@/lib/web/a.ts";', /domain may not import web/],
  ["lib/cli/b.ts", 'import { value } from "@/lib/web/a.ts";', /cli may not import web/],
  ["lib/db/b.ts", 'export { value } from "@/lib/repo/a.ts";', /db may not import repo/],
  ["lib/fresh/b.ts", 'import { value } from "@/lib/shared/a.ts";', /fresh may not import shared/],
  ["lib/web/b.ts", 'import { value } from "@/lib/settings.ts";', /Use import type/],
  ["lib/web/b.ts", 'await import("@/lib/repo/a.ts");', /web may not import repo/],
  ["islands/B.tsx", 'import { value } from "@/lib/domain/a.ts";', /islands may not import domain/],
  ["islands/B.tsx", 'import { value } from "fresh";', /Import it from "fresh\/runtime"/],
  ["lib/web/b.ts", 'import { value } from "@/lib/fresh/mod.ts";', /Take it from one of: fresh,/],
  [
    "lib/web/b.ts",
    'import type { Value } from "../fresh/a.ts";',
    /does not exist in upstream Fresh/,
  ],
  [
    "lib/fresh/bench/b.ts",
    'import { value } from "@/lib/fresh/a.ts";',
    /does not exist in upstream Fresh/,
  ],
  [
    "lib/fresh/b.ts",
    'import { value } from "@/lib/fresh/bench/a.ts";',
    /fresh may not import bench/,
  ],
  [
    "tests/kit/b.ts",
    'import { value } from "@/lib/fresh/a.ts";',
    /does not exist in upstream Fresh/,
  ],
  [
    "tests/b_test.ts",
    'import { value } from "@/lib/fresh/a.ts";',
    /does not exist in upstream Fresh/,
  ],
  ["components/B.tsx", 'import { value } from "@/islands/a.tsx";', /components may not import/],
  ["components/B.tsx", 'import fs from "node:fs";', /runs in the browser/],
  ["lib/shared/b.ts", 'import { createHash } from "node:crypto";', /runs in the browser/],
  ["lib/shared/b.ts", 'import { value } from "@/lib/domain/a.ts";', /shared may not import/],
  ["lib/web/b.ts", 'import { value } from "@/lib/web/a_test.ts";', /imports the test/],
  ["lib/web/b.ts", 'import { value } from "@/tests/kit/a.ts";', /web may not import testing/],
  ["elsewhere/b.ts", 'import { value } from "@/lib/web/a.ts";', /unknown folder/],
] as const;

for (const [file, line, complaint] of FAULTS) {
  Deno.test(`the import check refuses ${line} in ${file}`, async () => {
    const imported = /"@\/([^"]+)"/.exec(line)?.[1] ?? "lib/fresh/mod.ts";
    const { exitCode, said } = await check({ [file]: line, [imported]: VALUE });
    assert.equal(exitCode, 1);
    assert.equal(said.length, 1, said.join("\n"));
    assert.match(said[0] ?? "", complaint);
  });
}

Deno.test("the import check refuses a cycle of imports, of types too", async () => {
  const { exitCode, said } = await check({
    "lib/domain/a.ts": 'import { value } from "./b.ts"; export type A = typeof value;',
    "lib/domain/b.ts": 'import type { A } from "./a.ts"; export const value: A = 1;',
  });
  assert.equal(exitCode, 1);
  assert.deepEqual(said, [
    "lib/domain/b.ts:1: closes a cycle of imports: lib/domain/a.ts -> lib/domain/b.ts -> " +
    "lib/domain/a.ts. Move what both need to a separate file",
  ]);
});

Deno.test("the import check takes what is as drawn", async () => {
  const { exitCode, said } = await check({
    "main.ts": 'import "@/lib/settings.ts"; import "@/routes/a.ts";',
    "routes/a.ts": 'import "@/lib/web/a.ts"; import "@/lib/domain/a.ts"; import "@/islands/A.tsx";',
    "islands/A.tsx": 'import type { Value } from "@/lib/domain/a.ts"; import "fresh/runtime";',
    "lib/web/a.ts": 'import type { Value } from "@/lib/settings.ts"; import "fresh";',
    "lib/web/a_test.ts": 'import "@/tests/kit/a.ts"; import "@/lib/db/a.ts";',
    "lib/domain/a.ts": `import "@/lib/repo/a.ts"; import "@/lib/mail/a.ts"; ${VALUE}`,
    "lib/repo/a.ts": 'import "@/lib/db/a.ts"; import "@/lib/shared/a.ts";',
    "lib/db/a.ts": 'import "node:fs"; import "@/migrations/a.ts";',
    "lib/mail/a.ts": VALUE,
    "lib/shared/a.ts": VALUE,
    "lib/settings.ts": VALUE,
    "lib/fresh/mod.ts": VALUE,
    "lib/fresh/runtime.ts": VALUE,
    "migrations/a.ts": VALUE,
    "tests/kit/a.ts": VALUE,
  });
  assert.deepEqual(said, []);
  assert.equal(exitCode, 0);
});

Deno.test("the import check accepts a package instead of lib/fresh", async () => {
  const { exitCode, said } = await check({
    // Any package will do: nothing of it is loaded.
    "deno.json": JSON.stringify({
      imports: { "@/": "./", "fresh": "npm:preact", "fresh/runtime": "npm:preact/hooks" },
    }),
    "lib/web/a.ts": 'import "fresh";',
    "components/A.tsx": 'import "fresh/runtime";',
    "islands/A.tsx": 'import "fresh/runtime"; import "fresh";',
  });
  assert.equal(exitCode, 1);
  assert.deepEqual(said, [
    "islands/A.tsx:1: islands runs in the browser and may not import fresh. " +
    "Do that on the server and pass the result as a prop",
  ]);
});
