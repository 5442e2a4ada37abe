import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { ProfileColumn } from "@/lib/shared/profile_form.ts";
import { TAGS } from "./user_tags.ts";
import type { User } from "./users.ts";

/** What the user list does not show of a user. */
export interface UserDetails extends Pick<User, "id" | "email_verified_at"> {
  /** `null` if the user has none. */
  readonly profile: Readonly<Record<ProfileColumn, string>> | null;
  readonly tags: readonly string[];
}

/** Finds the details of users, by id. */
export async function findUserDetails(
  db: Db,
  ids: readonly number[],
): Promise<Map<number, UserDetails>> {
  const rows = await db.selectFrom("users as u")
    .leftJoin("user_profiles as p", "p.user_id", "u.id")
    .select(["u.id", "u.email_verified_at"])
    .select([
      sql<UserDetails["profile"]>`case when p.user_id is not null then to_json(p) end`.as(
        "profile",
      ),
      TAGS.as("tags"),
    ])
    .where("u.id", "=", sql<number>`any(${ids}::int8[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
