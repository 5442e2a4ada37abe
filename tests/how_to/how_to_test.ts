import assert from "node:assert/strict";
import { copyProject } from "@/tests/kit/how_to.ts";

/** The how-tos to follow, with the number of files that each may touch. */
const SECTIONS = [
  ["An action", 5],
  ["A field of the profile", 5],
  ["A page", 6],
  ["A hook", 1],
] as const;

Deno.test("the how-tos of docs/architecture.md work literally", async (t) => {
  await using copy = await copyProject();
  for (const [heading, atMost] of SECTIONS) {
    const files = await copy.follow(heading);
    assert.ok(files.length > 0 && files.length <= atMost, `${heading}:\n${files.join("\n")}`);
  }
  await t.step("the result is formatted, typed and within the rules", async () => {
    await copy.run("task", "ok", "--static");
  });
  await t.step("the result does what was added", async () => {
    await copy.run("task", "test", "tests/http/permissions_test.ts", ...await listProofs());
  });
});

/** Tests of the additions. Their names make them run only in the copy. */
async function listProofs(): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name } of Deno.readDir("tests/how_to")) {
    if (name.endsWith("_proof.ts")) paths.push(`tests/how_to/${name}`);
  }
  return paths;
}
