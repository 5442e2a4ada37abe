import assert from "node:assert/strict";
import { join } from "node:path";
import { mapSpecifier, readDenoConfig } from "./import_map.ts";

/** Runs `fn` in a folder whose deno.json has the text. */
async function withConfig(text: string, fn: (dir: string) => void, name = "deno.json") {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(dir, name), text);
    fn(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const OPTIONS = { jsx: "react-jsx", jsxImportSource: "preact" };

Deno.test("mapSpecifier() follows the import map as Deno does", async () => {
  const imports = {
    "@/": "./",
    "@/special/": "./elsewhere/",
    "fresh/runtime": "./lib/fresh/runtime.ts",
    "preact": "npm:preact@^10.29.0",
    "preact/hooks": "npm:preact@^10.29.0/hooks",
    "@preact/signals": "npm:@preact/signals@^2.11.4",
    "bare": "npm:@scope/name",
    "sub/": "npm:/@scope/name@1.2.3/",
  };
  await withConfig(JSON.stringify({ imports, compilerOptions: OPTIONS }), (dir) => {
    const config = readDenoConfig(dir);
    const expected = {
      "@/lib/shared/form.ts": join(dir, "lib/shared/form.ts"),
      "@/special/x.ts": join(dir, "elsewhere/x.ts"),
      "fresh/runtime": join(dir, "lib/fresh/runtime.ts"),
      "preact": "preact",
      "preact/hooks": "preact/hooks",
      "preact/jsx-runtime": "preact/jsx-runtime",
      "@preact/signals": "@preact/signals",
      "bare": "@scope/name",
      "sub/part.js": "@scope/name/part.js",
      "npm:left-pad@1": "left-pad",
    };
    const mapped = Object.keys(expected).map((key) => [key, mapSpecifier(config, key)]);
    assert.deepEqual(Object.fromEntries(mapped), expected);
  });
});

Deno.test("the nearest deno.jsonc above is found, comments and trailing commas included", async () => {
  const text = `{
    // "compilerOptions": a comment
    "imports": { "x": "npm:x//y", /* and "another", */ },
    "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "preact", },
  }`;
  await withConfig(text, (dir) => {
    const config = readDenoConfig(join(dir, "some", "folder"));
    assert.equal(config.dir, dir);
    assert.deepEqual([...config.imports], [["x", "npm:x//y"]]);
  }, "deno.jsonc");
});

Deno.test("JSX settings that cannot work are refused, and the message says what to change", async () => {
  await withConfig(`{ "compilerOptions": {} }`, (dir) => {
    assert.throws(() => readDenoConfig(dir), /Set "jsxImportSource": "preact"/);
  });
  const compilerOptions = { ...OPTIONS, jsx: "precompile", jsxPrecompileSkipElements: ["a"] };
  await withConfig(JSON.stringify({ compilerOptions }), (dir) => {
    assert.throws(() => readDenoConfig(dir), /Add img, source, .* to "jsxPrecompileSkipElements"/);
  });
});
