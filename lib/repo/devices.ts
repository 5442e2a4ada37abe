import { type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { DevicesTable } from "@/lib/db/sign_in_tables.ts";

/** A row of `devices`. */
export type Device = Selectable<DevicesTable>;

/** A browser of a user. */
export type DeviceKey = Pick<Device, "user_id" | "token_hash">;

/** How a browser introduces itself, and from where. */
export type DevicePlace = Pick<Device, "browser" | "ip">;

/** Records a sign-in of a known browser, and forgives its failures. `false` if it is unknown. */
export async function touchDevice(db: Db, key: DeviceKey, place: DevicePlace): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable("devices")
    .set({ ...place, failed_logins: 0, last_login_at: sql<Date>`now()` })
    .where("user_id", "=", key.user_id).where("token_hash", "=", key.token_hash)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Makes a browser known. */
export async function insertDevice(db: Db, device: DeviceKey & DevicePlace): Promise<void> {
  await db.insertInto("devices").values(device).execute();
}

/** Replaces the token of a browser, for all its users. */
export async function replaceDeviceToken(db: Db, oldHash: string, newHash: string): Promise<void> {
  await db.updateTable("devices").set({ token_hash: newHash })
    .where("token_hash", "=", oldHash).execute();
}

/** Lists the browsers that a user has signed in with, last used first. */
export function listDevicesOfUser(db: Db, userId: number): Promise<Device[]> {
  return db.selectFrom("devices").selectAll().where("user_id", "=", userId)
    .orderBy("last_login_at", "desc").execute();
}

/** Whether a user has signed in with such a browser from the same address within a day. */
export async function isDevicePlaceFresh(
  db: Db,
  userId: number,
  { browser, ip }: DevicePlace,
): Promise<boolean> {
  const row = await db.selectFrom("devices").select("id")
    .where("user_id", "=", userId).where("last_login_at", ">", sql<Date>`now() - interval '1 day'`)
    .where("browser", "=", browser).where("ip", "=", ip).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Whether a browser is known, and has not failed too often. */
export async function isTrustedDevice(db: Db, key: DeviceKey, limit: number): Promise<boolean> {
  const row = await db.selectFrom("devices").select("id")
    .where("user_id", "=", key.user_id).where("token_hash", "=", key.token_hash)
    .where("failed_logins", "<", limit).executeTakeFirst();
  return row !== undefined;
}

/** Counts a failed sign-in of a known browser below its limit. `false` if it is not trusted. */
export async function countDeviceFailure(tx: Tx, key: DeviceKey, limit: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("devices")
    .set({ failed_logins: sql<number>`failed_logins + 1` })
    .where("user_id", "=", key.user_id).where("token_hash", "=", key.token_hash)
    .where("failed_logins", "<", limit).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Asks for no code in a browser for some days, by the database's clock. */
export async function trustDevice(tx: Tx, key: DeviceKey, days: number): Promise<void> {
  await tx.updateTable("devices")
    .set({ trusted_until: sql<Date>`now() + ${days}::int * interval '1 day'` })
    .where("user_id", "=", key.user_id).where("token_hash", "=", key.token_hash).execute();
}

/** Asks for a code again in a browser of a user, or in all of them. Returns whether it was trusted. */
export async function endDeviceTrust(tx: Tx, userId: number, id?: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("devices").set({ trusted_until: null })
    .where("user_id", "=", userId).where("trusted_until", "is not", null)
    .$if(id !== undefined, (update) => update.where("id", "=", id!)).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forgets the browsers of users. */
export async function deleteDevicesOfUsers(tx: Tx, userIds: readonly number[]): Promise<void> {
  await tx.deleteFrom("devices").where("user_id", "=", sql<number>`any(${userIds}::bigint[])`)
    .execute();
}

/** Forgets the browsers of a user except the `kept` last used ones. */
export async function deleteSurplusDevices(db: Db, userId: number, kept: number): Promise<void> {
  await db.deleteFrom("devices").where(
    "id",
    "in",
    (from) =>
      from.selectFrom("devices").select("id").where("user_id", "=", userId)
        .orderBy("last_login_at", "desc").orderBy("id", "desc").offset(kept),
  ).execute();
}

/** Forgets up to `limit` browsers whose cookie has expired. Returns how many. */
export async function deleteExpiredDevices(
  db: Db,
  days: number,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("devices")
    .where("id", "in", (from) =>
      from.selectFrom("devices").select("id")
        .where("last_login_at", "<=", sql<Date>`now() - ${days}::int * interval '1 day'`)
        .orderBy("last_login_at").limit(limit))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
