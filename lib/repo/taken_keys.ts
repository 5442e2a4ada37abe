import { type RawBuilder, sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";

/** Names or addresses per statement of {@linkcode findTakenKeys}. */
const KEYS_PER_QUERY = 1_000;

/** Returns the look of a username, as in the unique index. */
const LOOK = sql<string>`coalesce(username_look, username_key)`;

/** Usernames and addresses that are taken, as keys of the unique indexes. */
export interface TakenKeys {
  /** Keys of {@linkcode foldKey}. */
  readonly usernames: ReadonlySet<string>;
  /** Keys of {@linkcode lookOf}. */
  readonly looks: ReadonlySet<string>;
  /** Keys of {@linkcode emailKey}. */
  readonly emails: ReadonlySet<string>;
}

/** Finds which of these usernames and addresses are taken, or look like a taken one. */
export async function findTakenKeys(
  db: Db,
  usernames: readonly string[],
  emails: readonly string[],
): Promise<TakenKeys> {
  const taken = {
    usernames: new Set<string>(),
    looks: new Set<string>(),
    emails: new Set<string>(),
  };
  const length = Math.max(usernames.length, emails.length);
  for (let start = 0; start < length; start += KEYS_PER_QUERY) {
    const anyOf = (values: readonly string[], keyOf: (value: string) => string) =>
      sql<string>`any(${values.slice(start, start + KEYS_PER_QUERY).map(keyOf)}::text[])`;
    const by = (key: RawBuilder<string>, wanted: RawBuilder<string>) =>
      db.selectFrom("users").select(["username_key", "email_key", LOOK.as("look")])
        .where(key, "=", wanted);
    // An `or` of these makes the planner read all users.
    const rows = await by(sql.ref("username_key"), anyOf(usernames, foldKey))
      .unionAll(by(LOOK, anyOf(usernames, lookOf)))
      .unionAll(by(sql.ref("email_key"), anyOf(emails, emailKey)))
      .execute();
    for (const row of rows) {
      taken.usernames.add(row.username_key);
      taken.looks.add(row.look);
      taken.emails.add(row.email_key);
    }
  }
  return taken;
}
