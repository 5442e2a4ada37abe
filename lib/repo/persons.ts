import { sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import type { Db } from "@/lib/db/database.ts";
import { WARNED_AT } from "./dormancy.ts";
import { LOCKED_SECONDS } from "./second_factors.ts";
import type { UserNote } from "./user_notes.ts";
import type { ShownProfile } from "./user_profiles.ts";
import { TAGS } from "./user_tags.ts";
import type { User } from "./users.ts";

/** A user, and what else decides whether they can sign in. */
export interface UserWithMeans extends User {
  /** When the second factor was turned on. `null` if there is none. */
  readonly two_factor_since: Date | null;
  /** Seconds until its codes are taken again. 0 if it is not locked. */
  readonly code_locked_seconds: number;
  readonly passkeys: number;
  /** Names that the user had before and can still sign in with, as they are compared. */
  readonly former_names: readonly string[];
  /** When the user, who has not signed in since, was warned of a suspension. `null` if not. */
  readonly warned_at: Date | null;
}

/** What the page of a user shows of them, except their sessions, e-mails and history. */
export interface Person extends UserWithMeans {
  /** `null` if the user has none, for a moment after registering. */
  readonly profile: ShownProfile | null;
  readonly api_keys: number;
  /** In alphabetical order. */
  readonly tags: readonly string[];
  /** Newest first. */
  readonly notes: readonly UserNote[];
}

/** Finds a user and what else decides whether they can sign in. */
export function findUserWithMeans(db: Db, userId: number): Promise<UserWithMeans | undefined> {
  return selectUserWithMeans(db, userId).executeTakeFirst();
}

/** Finds what the page of a user shows, in one statement. */
export async function findPerson(db: Db, userId: number): Promise<Person | undefined> {
  const row = await selectUserWithMeans(db, userId)
    .leftJoin("user_profiles as p", "p.user_id", "u.id")
    .select(({ selectFrom }) => [
      sql<ShownProfile | null>`row_to_json(p)`.as("profile"),
      sql<number>`(select count(*) from api_keys a where a.user_id = u.id)`.as("api_keys"),
      TAGS.as("tags"),
      jsonArrayFrom(
        selectFrom("user_notes as n").leftJoin("users as w", "w.id", "n.author_id")
          .select(["n.id", "n.author_id", "n.text", "n.at", "w.username as author"])
          .whereRef("n.user_id", "=", "u.id").orderBy("n.id", "desc"),
      ).as("notes"),
    ])
    .executeTakeFirst();
  // JSON has times as texts.
  return row && { ...row, notes: row.notes.map((note) => ({ ...note, at: new Date(note.at) })) };
}

function selectUserWithMeans(db: Db, userId: number) {
  return db.selectFrom("users as u")
    .leftJoin(
      "second_factors as f",
      (join) => join.onRef("f.user_id", "=", "u.id").on("f.secret", "is not", null),
    )
    .selectAll("u")
    .select([
      "f.turned_on_at as two_factor_since",
      LOCKED_SECONDS.as("code_locked_seconds"),
      sql<number>`(select count(*) from passkeys k where k.user_id = u.id)`.as("passkeys"),
      sql<string[]>`array(
        select n.name_key from former_usernames n where n.user_id = u.id order by n.name_key
      )`.as("former_names"),
      WARNED_AT.as("warned_at"),
    ])
    .where("u.id", "=", userId);
}
