import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UserProfilesTable } from "@/lib/db/schema.ts";
import { refreshUserSearch } from "./user_search.ts";

/** A row of `user_profiles`. */
export type UserProfile = Selectable<UserProfilesTable>;

/** Initial values of a profile. */
export type NewUserProfile = Omit<
  Insertable<UserProfilesTable>,
  "created_at" | "updated_at" | "version"
>;

/** Possible changes. `updated_at` and `version` are updated automatically. */
export type ProfileChanges = Omit<
  Updateable<UserProfilesTable>,
  "user_id" | "created_at" | "updated_at" | "version"
>;

/** Rows per statement of {@linkcode insertUserProfiles}: PostgreSQL takes 65,535 parameters. */
const ROWS_PER_INSERT = 2_000;

/** Finds the profile of a user, who may have none for a moment after registering. */
export function findUserProfileByUserId(db: Db, userId: number): Promise<UserProfile | undefined> {
  return db.selectFrom("user_profiles").selectAll()
    .where("user_id", "=", userId).executeTakeFirst();
}

/** Creates a profile with the account's address, unless the user has one or does not exist. */
export async function insertDefaultUserProfile(tx: Tx, userId: number): Promise<void> {
  await tx.insertInto("user_profiles").columns(["user_id", "email"])
    .expression(tx.selectFrom("users").select(["id", "email"]).where("id", "=", userId))
    .onConflict((on) => on.column("user_id").doNothing())
    .execute();
}

/** Inserts many profiles. */
export async function insertUserProfiles(
  tx: Tx,
  profiles: readonly NewUserProfile[],
): Promise<void> {
  for (let start = 0; start < profiles.length; start += ROWS_PER_INSERT) {
    const rows = profiles.slice(start, start + ROWS_PER_INSERT);
    await tx.insertInto("user_profiles").values(rows).execute();
  }
  await refreshUserSearch(
    tx,
    profiles.filter(({ full_name }) => full_name).map(({ user_id }) => user_id),
  );
}

/** Changes the profile of a user, and creates it if necessary. */
export async function upsertUserProfile(
  tx: Tx,
  userId: number,
  changes: ProfileChanges,
): Promise<UserProfile> {
  await insertDefaultUserProfile(tx, userId);
  const profile = await tx.updateTable("user_profiles")
    .set({ ...changes, updated_at: sql<Date>`now()`, version: sql<number>`version + 1` })
    .where("user_id", "=", userId).returningAll().executeTakeFirstOrThrow();
  if (changes.full_name !== undefined) await refreshUserSearch(tx, [userId]);
  return profile;
}

/** Deletes the profile of a deleted user. A profile of an existing user stays. */
export async function deleteOrphanedUserProfile(tx: Tx, userId: number): Promise<void> {
  await tx.deleteFrom("user_profiles")
    .where("user_id", "=", userId)
    .where(({ exists, not, selectFrom }) =>
      not(exists(selectFrom("users").select("id").where("id", "=", userId)))
    )
    .execute();
}
