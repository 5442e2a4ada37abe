import assert from "node:assert/strict";
import { MIGRATIONS } from "@/migrations/list.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

/** Runs `deno task migrate` on the database at `url`. */
async function migrate(url: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tasks/migrate.ts", ...args],
    env: { DATABASE_URL: url },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", err: err ?? "" };
}

Deno.test("migrate applies all, takes back one and tells which", async () => {
  await using folder = await tempFolder();
  const url = `pglite:${folder.path}/db`;
  const names = Object.keys(MIGRATIONS);
  const last = names.at(-1) ?? "";

  const up = await migrate(url);
  assert.equal(up.code, 0, up.err);
  assert.deepEqual(up.out.trim().split("\n"), names.map((name) => `Applied ${name}`));
  assert.match((await migrate(url)).out, /^Nothing to do/);
  const asked = await migrate(url, "down");
  assert.deepEqual([asked.code, /Add --yes/.test(asked.err)], [2, true], asked.err);
  assert.match(asked.out, new RegExp(`^Taking ${last} back loses`));
  assert.match((await migrate(url, "down", "--yes")).out.trim(), new RegExp(`Took back ${last}$`));
  assert.ok((await migrate(url, "status")).out.trim().endsWith(`${last}  not applied`));
});

Deno.test("migrate says what to do when no database answers", async () => {
  const { code, err } = await migrate(`postgres://127.0.0.1:${freePort()}/roster`);
  assert.equal(code, 1);
  assert.match(err, /^Cannot reach the database .*correct DATABASE_URL\n$/);
});

Deno.test("migrate refuses words that make no sense", async () => {
  for (
    const args of [["sideways"], ["up", "twice"], ["new"], ["new", "Bad-Name"], ["--force"], [
      "up",
      "--yes",
    ]]
  ) {
    const { code, err } = await migrate("pglite:memory", ...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, /deno task migrate --help\n$/);
  }
});
