import { confirmName, confirmStep } from "@/lib/cli/confirm.ts";
import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withDatabase } from "@/lib/cli/with_database.ts";
import type { Db } from "@/lib/db/database.ts";
import { findMigrationLoss, type MigrationLoss } from "@/lib/db/migration_loss.ts";
import { listMigrations, migrateDown, migrateUp } from "@/lib/db/migrator.ts";
import { findOtherUsers } from "@/lib/db/other_users.ts";
import { findRoleFault, grantToServer } from "@/lib/db/server_role.ts";
import { findDatabaseEncoding } from "@/lib/repo/server.ts";
import { loadSettings, type Settings } from "@/lib/settings.ts";
import { writeMigration } from "./migrate/new.ts";

const OPTIONS = {
  "yes": { type: "boolean", short: "y", help: "down: do not ask" },
  "database": { type: "string", placeholder: "NAME", help: "down: which one, in production" },
  "grant": { type: "string", placeholder: "ROLE", help: "up: let that role serve, and no more" },
  "while-running": { type: "boolean", help: "down: also under a running server" },
} satisfies TaskOptions;

/** `deno task migrate` */
export const migrate: Task<typeof OPTIONS> = {
  name: "migrate",
  summary: "Brings the tables of the database up to date, or one step back.",
  usage: "[up [--grant ROLE] | down | status | new NAME]",
  examples: [
    "migrate",
    "migrate --grant roster_server",
    "migrate down",
    "migrate status",
    "migrate new add_departments",
  ],
  options: OPTIONS,
  takesWords: true,
  async run({ values, positionals: [action = "up", name, ...rest] }) {
    if (rest.length > 0 || (name !== undefined && action !== "new")) {
      throw new UsageError(`Too many words after ${action}`);
    }
    const { grant, ...forDown } = values;
    if (action !== "down" && Object.keys(forDown).length > 0) {
      throw new UsageError(`--${Object.keys(forDown)[0]} goes with down only`);
    }
    if (action !== "up" && grant !== undefined) throw new UsageError("--grant goes with up only");
    if (action === "up") await up(grant);
    else if (action === "down") await down(values);
    else if (action === "status") await status();
    else if (action === "new") await createNew(name);
    else throw new UsageError(`Unknown action ${action}`);
  },
};

async function up(role: string | undefined): Promise<void> {
  const settings = loadSettings();
  if (role !== undefined && settings.database.kind === "pglite") {
    throw new TaskError("--grant is for PostgreSQL: an embedded database has one account");
  }
  const names = await withDatabase(settings, async ({ db }) => {
    const applied = await migrateUp(db);
    if (role !== undefined) await grant(db, role);
    return applied;
  });
  for (const name of names) console.log(`Applied ${name}`);
  if (names.length === 0) console.log("Nothing to do: all migrations are applied");
}

async function grant(db: Db, role: string): Promise<void> {
  const fault = await findRoleFault(db, role);
  if (fault !== undefined) throw new TaskError(fault);
  await grantToServer(db, role);
  console.log(`${role} may serve: it reads and writes rows, and only adds to the audit log`);
}

interface DownOptions {
  readonly yes?: boolean | undefined;
  readonly database?: string | undefined;
  readonly "while-running"?: boolean | undefined;
}

async function down(options: DownOptions): Promise<void> {
  const settings = loadSettings();
  const { kind } = settings.database;
  if (kind === "postgres") await refuseUnderServer(settings, options);
  const name = await withDatabase(settings, async ({ db }) => {
    if (kind === "pglite") await refuseUnderServer(settings, options);
    const loss = await findMigrationLoss(db);
    if (loss === undefined) return undefined;
    console.log(describeLoss(loss));
    if (settings.appEnv === "production") {
      await confirmName(await nameOf(settings, db), options.database);
    }
    if (!options.yes) await confirmStep(`Do you want to take ${loss.migration} back?`);
    return await migrateDown(db);
  });
  console.log(name ? `Took back ${name}` : "Nothing to do: no migration is applied");
}

/**
 * Refuses while a server is running: without its tables it would answer every request with an
 * error.
 */
async function refuseUnderServer(settings: Settings, options: DownOptions): Promise<void> {
  if (options["while-running"]) return;
  const others = await findOtherUsers(settings.database);
  if (others === undefined) return;
  throw new TaskError(`${others} uses the database: stop it first, or say --while-running`);
}

/** Returns the database's name on PostgreSQL, else its folder. */
async function nameOf({ database }: Settings, db: Db): Promise<string> {
  return database.kind === "pglite" ? database.path : (await findDatabaseEncoding(db)).name;
}

function describeLoss({ migration, parts }: MigrationLoss): string {
  if (parts.length === 0) return `Taking ${migration} back loses no data`;
  const list = parts.map(({ name, rows }) => `  ${name}: ${rows} rows`).join("\n");
  return `Taking ${migration} back loses for good:\n${list}`;
}

async function status(): Promise<void> {
  const migrations = await withDatabase(loadSettings(), ({ db }) => listMigrations(db));
  for (const { name, appliedAt } of migrations) {
    console.log(`${name}  ${appliedAt ? `applied ${appliedAt.toISOString()}` : "not applied"}`);
  }
}

async function createNew(name: string | undefined): Promise<void> {
  if (name === undefined || !/^[a-z][a-z0-9_]{0,60}(?<!_test)$/.test(name)) {
    throw new UsageError("A migration needs a name of small letters, digits and _");
  }
  console.log(`Wrote ${await writeMigration("migrations", name)}`);
}

if (import.meta.main) Deno.exit(await runTask(migrate, Deno.args));
