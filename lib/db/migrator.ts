import { type RawBuilder, sql, type SqlBool } from "kysely";
import { type Migration, type MigrationResultSet, Migrator } from "kysely/migration";
import { messageOf } from "@/lib/message_of.ts";
import { MIGRATIONS } from "@/migrations/list.ts";
import type { Db } from "./database.ts";
import { isUndefinedTable } from "./errors.ts";
import { inTransaction } from "./transaction.ts";

/** A migration and when it was applied. */
export interface MigrationStatus {
  readonly name: string;
  /** `undefined` if it is not applied yet. */
  readonly appliedAt: Date | undefined;
}

/** A migration that failed. The whole run was rolled back. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/**
 * Applies all missing migrations in one transaction and returns their names. A second process that
 * does so at the same time waits and then finds nothing to do.
 *
 * @throws {MigrationError}
 */
export function migrateUp(db: Db): Promise<string[]> {
  return inLock(db, async (migrator) => namesOf(await migrator.migrateToLatest()));
}

/**
 * Rolls back the newest applied migration and returns its name, if there is one.
 *
 * @throws {MigrationError}
 */
export function migrateDown(db: Db): Promise<string | undefined> {
  return inLock(db, async (migrator) => namesOf(await migrator.migrateDown())[0]);
}

/**
 * Applies or rolls back migrations until the database is at `name`.
 *
 * @throws {MigrationError}
 */
export async function migrateTo(db: Db, name: string): Promise<void> {
  await inLock(db, async (migrator) => namesOf(await migrator.migrateTo(name)));
}

/** Whether this code has a migration of this name. */
export function isKnownMigration(name: string): boolean {
  return Object.hasOwn(MIGRATIONS, name);
}

/** Returns the name of the newest migration that is applied, of a migrated database. */
export async function newestMigration(db: Db): Promise<string> {
  const { rows } = await sql<{ name: string }>`select max(name) as name from kysely_migration`
    .execute(db);
  return rows[0]?.name ?? "";
}

/** Lists all migrations, oldest first. */
export async function listMigrations(db: Db): Promise<MigrationStatus[]> {
  const migrations = await createMigrator(db, await currentSchema(db)).getMigrations();
  return migrations.map(({ name, executedAt }) => ({ name, appliedAt: executedAt }));
}

/**
 * Whether all migrations of this code are applied, in one small query. A database that is ahead of
 * the code, as during a rollout, counts as migrated.
 */
export function isMigrated(db: Db): Promise<boolean> {
  return hasMigrations(db, sql<SqlBool>`true`);
}

/**
 * Like {@linkcode isMigrated}, and checks that the database accepts changes, without making one.
 *
 * @throws the database's error on a standby or if it is read-only.
 */
export function isMigratedAndWritable(db: Db): Promise<boolean> {
  return hasMigrations(db, sql<SqlBool>`not exists (select from users where false for key share)`);
}

async function hasMigrations(db: Db, condition: RawBuilder<SqlBool>): Promise<boolean> {
  const names = Object.keys(MIGRATIONS);
  try {
    const { rows } = await sql<{ applied: number }>`
      select count(*)::int as applied from kysely_migration where name in (${sql.join(names)})
        and tableoid = to_regclass(quote_ident(current_schema()) || '.kysely_migration')
        and ${condition}
    `.execute(db);
    return rows[0]?.applied === names.length;
  } catch (error) {
    if (isUndefinedTable(error)) return false;
    throw error;
  }
}

/** Runs `work` in a transaction, one at a time in the whole database, whatever the schema. */
function inLock<T>(db: Db, work: (migrator: Migrator) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('roster migrations'))`.execute(tx);
    return await work(createMigrator(tx, await currentSchema(tx)));
  });
}

/**
 * Returns the schema in which new tables are created: the first of the `search_path` that exists. A
 * database may hold several installations, one per schema.
 */
async function currentSchema(db: Db): Promise<string> {
  const { rows } = await sql<{ schema: string | null }>`select current_schema() as schema`
    .execute(db);
  const schema = rows[0]?.schema;
  if (schema) return schema;
  throw new MigrationError("No schema of the search_path exists: create one, or name another");
}

function createMigrator(db: Db, schema: string): Migrator {
  return new Migrator({
    db,
    migrationTableSchema: schema,
    provider: { getMigrations: () => Promise.resolve<Record<string, Migration>>(MIGRATIONS) },
  });
}

function namesOf({ error, results = [] }: MigrationResultSet): string[] {
  if (error !== undefined) {
    const failed = results.find((result) => result.status === "Error")?.migrationName;
    const reason = messageOf(error);
    throw new MigrationError(
      failed ? `Migration ${failed} failed: ${reason}` : `Cannot migrate: ${reason}`,
      { cause: error },
    );
  }
  return results.map((result) => result.migrationName);
}
