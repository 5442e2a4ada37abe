import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";

/** Whether there is an admin, including suspended ones. */
export async function anyAdmin(db: Db): Promise<boolean> {
  const row = await db.selectFrom("users").select("id").where("role", "=", "admin").limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Waits until no other transaction that called this is open. */
export async function lockAdmins(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('roster admins'))`.execute(tx);
}

/** Whether somebody other than some users is an active admin. */
export async function anyOtherActiveAdmin(
  db: Db,
  exceptIds: readonly number[],
): Promise<boolean> {
  const row = await db.selectFrom("users").select("id")
    .where("role", "=", "admin").where("status", "=", "active")
    .where("id", "<>", sql<number>`all(${exceptIds}::bigint[])`)
    .limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Returns the addresses of up to `limit` active admins, except the user `exceptUserId`. */
export async function listActiveAdminEmails(
  db: Db,
  exceptUserId: number,
  limit: number,
): Promise<string[]> {
  const rows = await db.selectFrom("users").select("email")
    .where("role", "=", "admin").where("status", "=", "active").where("id", "<>", exceptUserId)
    .orderBy("id").limit(limit).execute();
  return rows.map(({ email }) => email);
}

/** Whether a user is an active admin. They stay one until the transaction ends. */
export async function isLastingAdmin(tx: Tx, id: number): Promise<boolean> {
  const row = await tx.selectFrom("users").select("id").where("id", "=", id)
    .where("role", "=", "admin").where("status", "=", "active").forShare().executeTakeFirst();
  return row !== undefined;
}
