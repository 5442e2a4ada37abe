import { adviceFor, certificateSymptoms } from "@/lib/advice.ts";
import type { OpenDatabase } from "@/lib/db/database.ts";
import { isMigrated, migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { findDatabaseEncoding } from "@/lib/repo/server.ts";
import type { Settings } from "@/lib/settings.ts";
import { TaskError } from "./errors.ts";
import { messageOf } from "@/lib/message_of.ts";

/**
 * Runs `work` with the database of the settings and closes it.
 *
 * @throws {TaskError} if the database does not answer or is not UTF-8.
 */
export async function withDatabase<T>(
  settings: Settings,
  work: (open: OpenDatabase) => Promise<T>,
): Promise<T> {
  const open = await openDatabase(settings.database);
  try {
    await assertUsable(open);
    return await work(open);
  } finally {
    await open.close();
  }
}

/**
 * Like {@linkcode withDatabase}, with all migrations applied. An embedded database is migrated
 * first, as when a server starts.
 *
 * @throws {TaskError} if PostgreSQL is not migrated or the database does not answer.
 */
export function withMigratedDatabase<T>(
  settings: Settings,
  work: (open: OpenDatabase) => Promise<T>,
): Promise<T> {
  return withDatabase(settings, async (open) => {
    if (!await isMigrated(open.db)) {
      if (open.kind !== "pglite") {
        throw new TaskError("The database is not migrated: run deno task migrate first");
      }
      await migrateUp(open.db);
    }
    return await work(open);
  });
}

/**
 * Checks that a database answers and uses UTF-8.
 *
 * @throws {TaskError} that says what to do.
 */
export async function assertUsable(open: OpenDatabase): Promise<void> {
  await assertReachable(open);
  await assertUnicode(open);
}

const CERTIFICATE_SYMPTOMS = certificateSymptoms("DATABASE_URL", "sslrootcert");

async function assertReachable(open: OpenDatabase): Promise<void> {
  try {
    await open.ping();
  } catch (error) {
    const advice = adviceFor(error, CERTIFICATE_SYMPTOMS) ?? "start it, or correct DATABASE_URL";
    throw new TaskError(`Cannot reach the database (${messageOf(error)}): ${advice}`, {
      cause: error,
    });
  }
}

async function assertUnicode({ db }: OpenDatabase): Promise<void> {
  const { name, encoding } = await findDatabaseEncoding(db);
  if (encoding === "UTF8") return;
  throw new TaskError(
    `The database ${name} has the encoding ${encoding}, which most names do not fit into: make ` +
      `another with create database NAME encoding 'UTF8' template template0, and name it in DATABASE_URL`,
  );
}
