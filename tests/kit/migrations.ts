import type { Db } from "@/lib/db/database.ts";
import { listMigrations, migrateDown } from "@/lib/db/migrator.ts";

/** Rolls migrations back until `name` is no longer applied. */
export async function migrateBefore(db: Db, name: string): Promise<void> {
  const isApplied = async () =>
    (await listMigrations(db)).some((one) => one.name === name && one.appliedAt !== undefined);
  while (await isApplied()) await migrateDown(db);
}
