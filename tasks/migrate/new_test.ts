import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { tempFolder } from "@/tests/kit/temp.ts";
import { writeMigration } from "./new.ts";

Deno.test("migrate new writes the next number and lists it after the others", async () => {
  await using folder = await tempFolder();
  await cp("migrations", folder.path, { recursive: true });
  const listBefore = await Deno.readTextFile(`${folder.path}/list.ts`);

  const path = await writeMigration(folder.path, "add_departments");

  const [, number = ""] = /(\d{4})_add_departments\.ts$/.exec(path) ?? [];
  const list = await Deno.readTextFile(`${folder.path}/list.ts`);
  const added = [
    `import * as m${number} from "./${number}_add_departments.ts";`,
    `  "${number}_add_departments": m${number},`,
  ];
  assert.deepEqual(
    list.split("\n").filter((line) => !added.includes(line)),
    listBefore.split("\n"),
  );
  for (const line of added) assert.ok(list.includes(line), line);
});

Deno.test("migrate new writes a migration that changes nothing, and takes nothing back", async () => {
  await using folder = await tempFolder();
  await cp("migrations", folder.path, { recursive: true });
  const path = await writeMigration(folder.path, "company");
  const { up, down } = await import(pathToFileURL(path).href);
  const statements: string[] = [];
  const db = new Proxy({}, { get: (_, name) => statements.push(String(name)) });
  await up(db);
  await down(db);
  assert.deepEqual(statements, []);
});
