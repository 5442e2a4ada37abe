import { join } from "node:path";

const MIGRATION_FILE = /^(\d{4})_(?!.*_test\.ts$)[a-z0-9_]+\.ts$/;

const EMPTY_MIGRATION = `import type { Kysely } from "kysely";

/** What this step changes. */
export function up(_db: Kysely<unknown>): Promise<void> {
  // Such as: return db.schema.alterTable("user_profiles").addColumn("pronouns", "text").execute();
  return Promise.resolve();
}

/** Takes everything of {@linkcode up} back. */
export function down(_db: Kysely<unknown>): Promise<void> {
  return Promise.resolve();
}
`;

/** Writes an empty migration, adds it to the list, and returns its path. */
export async function writeMigration(folder: string, name: string): Promise<string> {
  const before = await listFiles(folder);
  const number = Number(before.at(-1)?.slice(0, 4) ?? 0) + 1;
  const file = `${String(number).padStart(4, "0")}_${name}.ts`;
  const path = join(folder, file);
  await Deno.writeTextFile(path, EMPTY_MIGRATION, { createNew: true });
  await Deno.writeTextFile(join(folder, "list.ts"), listModule([...before, file]));
  return path;
}

async function listFiles(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (MIGRATION_FILE.test(name)) names.push(name);
  }
  return names.sort();
}

function listModule(files: readonly string[]): string {
  const modules = files.map((file) => ({ file, number: `m${file.slice(0, 4)}` }));
  return [
    "// Written by `deno task migrate new`, because a built application cannot read the folder.",
    'import type { Migration } from "kysely/migration";',
    ...modules.map(({ file, number }) => `import * as ${number} from "./${file}";`),
    "",
    "/** All migrations by name, in order. */",
    "export const MIGRATIONS: Readonly<Record<string, Migration>> = {",
    ...modules.map(({ file, number }) => `  "${file.replace(/\.ts$/, "")}": ${number},`),
    "};",
    "",
  ].join("\n");
}
