import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UserProfilesTable } from "@/lib/db/schema.ts";
import { columnOf, PROFILE_FIELDS, type ProfileColumn } from "@/lib/shared/profile_form.ts";
import { refreshUserSearch } from "./user_search.ts";

/** A row of `user_profiles`. */
export type UserProfile = Selectable<UserProfilesTable>;

/** What a page shows of a profile. */
export type ShownProfile = Omit<UserProfile, "created_at" | "updated_at">;

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

const TEXT_COLUMNS = PROFILE_FIELDS.map(columnOf);

/** Finds the profile of a user, who may have none for a moment after registering. */
export function findUserProfileByUserId(db: Db, userId: number): Promise<UserProfile | undefined> {
  return db.selectFrom("user_profiles").selectAll()
    .where("user_id", "=", userId).executeTakeFirst();
}

/** Lists the profiles of users. */
export function listUserProfiles(db: Db, userIds: readonly number[]): Promise<UserProfile[]> {
  return db.selectFrom("user_profiles").selectAll()
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).execute();
}

/** Creates a profile with the account's address, unless the user has one or does not exist. */
export async function insertDefaultUserProfile(tx: Tx, userId: number): Promise<void> {
  await tx.insertInto("user_profiles").columns(["user_id", "email"])
    .expression(tx.selectFrom("users").select(["id", "email"]).where("id", "=", userId))
    .onConflict((on) => on.column("user_id").doNothing())
    .execute();
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

/** Texts of a profile that change. */
export interface ProfileTextChanges extends Partial<Record<ProfileColumn, string>> {
  readonly user_id: number;
}

/** Changes texts of the profiles of users whom the transaction has locked, and creates missing ones. */
export async function upsertProfileTexts(
  tx: Tx,
  changes: readonly ProfileTextChanges[],
): Promise<void> {
  if (changes.length === 0) return;
  const columns = TEXT_COLUMNS.map((name) => ({
    name: sql.ref(name),
    missing: name === "email" ? sql`u.email` : sql`''`,
  }));
  const names = sql.join(columns.map(({ name }) => name));
  const texts = columns.map(({ name, missing }) => sql`coalesce(n.${name}, p.${name}, ${missing})`);
  await sql`
    insert into user_profiles as old (user_id, ${names})
    select n.user_id, ${sql.join(texts)}
    from jsonb_populate_recordset(null::user_profiles, ${JSON.stringify(changes)}::jsonb) as n
    join users as u on u.id = n.user_id left join user_profiles as p on p.user_id = n.user_id
    on conflict (user_id) do update set (${names}, updated_at, version) = (
      ${sql.join(columns.map(({ name }) => sql`excluded.${name}`))}, now(), old.version + 1
    )
  `.execute(tx);
  await refreshUserSearch(
    tx,
    changes.filter(({ full_name }) => full_name !== undefined).map(({ user_id }) => user_id),
  );
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
