import { UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task } from "@/lib/cli/task.ts";
import { withDatabase } from "@/lib/cli/with_database.ts";
import { listMigrations, migrateDown, migrateUp } from "@/lib/db/migrator.ts";
import { loadSettings } from "@/lib/settings.ts";
import { writeMigration } from "./migrate/new.ts";

/** `deno task migrate` */
export const migrate: Task<Record<never, never>> = {
  name: "migrate",
  summary: "Brings the tables of the database up to date, or one step back.",
  usage: "[up | down | status | new NAME]",
  examples: ["migrate", "migrate down", "migrate status", "migrate new add_departments"],
  options: {},
  async run({ positionals: [action = "up", name, ...rest] }) {
    if (rest.length > 0 || (name !== undefined && action !== "new")) {
      throw new UsageError(`Too many words after ${action}`);
    }
    if (action === "up") await up();
    else if (action === "down") await down();
    else if (action === "status") await status();
    else if (action === "new") await createNew(name);
    else throw new UsageError(`Unknown action ${action}`);
  },
};

async function up(): Promise<void> {
  const names = await withDatabase(loadSettings(), ({ db }) => migrateUp(db));
  for (const name of names) console.log(`Applied ${name}`);
  if (names.length === 0) console.log("Nothing to do: all migrations are applied");
}

async function down(): Promise<void> {
  const name = await withDatabase(loadSettings(), ({ db }) => migrateDown(db));
  console.log(name ? `Took back ${name}` : "Nothing to do: no migration is applied");
}

async function status(): Promise<void> {
  const migrations = await withDatabase(loadSettings(), ({ db }) => listMigrations(db));
  for (const { name, appliedAt } of migrations) {
    console.log(`${name}  ${appliedAt ? `applied ${appliedAt.toISOString()}` : "not applied"}`);
  }
}

async function createNew(name: string | undefined): Promise<void> {
  if (name === undefined || !/^[a-z][a-z0-9_]{0,60}$/.test(name)) {
    throw new UsageError("A migration needs a name of small letters, digits and _");
  }
  console.log(`Wrote ${await writeMigration("migrations", name)}`);
}

if (import.meta.main) Deno.exit(await runTask(migrate, Deno.args));
