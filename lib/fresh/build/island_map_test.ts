import assert from "node:assert/strict";
import { mapIslands } from "./island_map.ts";

Deno.test("every exported function is an island, each with a name of its own", () => {
  const first = { default: () => null, Other: () => null, LIMIT: 3 };
  const second = { default: () => null, Other: () => null };
  const islands = mapIslands([
    { module: first, chunk: "/js/Map.js", imports: [] },
    { module: second, chunk: "/js/Map_1.js", imports: ["/js/x.js"] },
  ]);
  assert.deepEqual([...islands.values()].map(({ name, exportName }) => [name, exportName]), [
    ["Map", "default"],
    ["Other", "Other"],
    ["Map_1", "default"],
    ["Other_1", "Other"],
  ]);
  assert.deepEqual(islands.get(second.Other), {
    name: "Other_1",
    exportName: "Other",
    chunk: "/js/Map_1.js",
    imports: ["/js/x.js"],
  });
});

Deno.test("names of islands are ASCII identifiers", () => {
  const islands = mapIslands([{ module: { default() {} }, chunk: "/js/2-größe.js", imports: [] }]);
  assert.deepEqual([...islands.values()].map(({ name }) => name), ["_2_gr__e"]);
});
