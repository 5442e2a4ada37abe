import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { SessionsTable } from "@/lib/db/sign_in_tables.ts";
import type { UserProfilesTable, UsersTable } from "@/lib/db/schema.ts";

/** A row of `sessions`. */
export type Session = Selectable<SessionsTable>;

/** How long a session lasts. */
export interface SessionLifetime {
  /** Since the last request. */
  readonly idleMinutes: number;
  /** Since sign-in. */
  readonly maxHours: number;
}

/** A valid session and its user. Name and picture are those of `viewed_id`, if there is one. */
export type SessionWithUser =
  & Pick<Session, "id" | "user_id" | "ip" | "user_agent" | "viewing_until">
  & Pick<Selectable<UsersTable>, "username" | "role">
  & SessionProof
  & {
    /** As whom its user, an admin, may see the application. */
    readonly viewed_id: number | null;
    readonly viewed_username: string | null;
    /** How much longer, rounded up. */
    readonly viewing_minutes: number | null;
    readonly full_name: Selectable<UserProfilesTable>["full_name"] | null;
    readonly image: string | null;
    /** Whether {@linkcode touchSession} is due. */
    readonly is_stale: boolean;
  };

/** Minimum time between two writes of `last_seen_at`, so that not every request writes. */
const TOUCH_SECONDS = 60;

/** Starts a session. */
export async function insertSession(db: Db, session: Insertable<SessionsTable>): Promise<void> {
  await db.insertInto("sessions").values(session).execute();
}

const PROOF = [
  "s.proven_by",
  "s.proven_for",
  sql<number>`(extract(epoch from now() - s.proven_at) / 60)::float8`.as("proven_minutes"),
] as const;

/** Finds the valid session of a token whose user is active. Runs on every request. */
export function findSession(
  db: Db,
  tokenHash: string,
  lifetime: SessionLifetime,
): Promise<SessionWithUser | undefined> {
  return db.selectFrom("sessions as s")
    .innerJoin("users as u", "u.id", "s.user_id")
    .leftJoin(
      "users as v",
      (join) =>
        join.onRef("v.id", "=", "s.viewing_user_id").on(mayBeViewed).on("u.role", "=", "admin"),
    )
    .leftJoin(
      "user_profiles as p",
      (join) => join.on("p.user_id", "=", sql<number>`coalesce(v.id, s.user_id)`),
    )
    .select(["s.id", "s.user_id", "s.ip", "s.user_agent", "s.viewing_until"])
    .select(["u.username", "u.role", "p.full_name", "p.image"])
    .select(["v.id as viewed_id", "v.username as viewed_username"])
    .select([
      sql<boolean>`s.last_seen_at < now() - ${TOUCH_SECONDS} * interval '1 second'`.as("is_stale"),
      sql<number | null>`ceil(extract(epoch from s.viewing_until - now()) / 60)::int`
        .as("viewing_minutes"),
    ])
    .select(PROOF)
    .where("s.token_hash", "=", tokenHash)
    .where("u.status", "=", "active")
    .where(isInForce(lifetime))
    .executeTakeFirst();
}

/** Lists valid sessions of a user: `firstId`, then the last used first. */
export function listSessionsOfUser(
  db: Db,
  userId: number,
  { lifetime, firstId, limit }: { lifetime: SessionLifetime; firstId: number; limit: number },
): Promise<Session[]> {
  return db.selectFrom("sessions as s").selectAll()
    .where("s.user_id", "=", userId).where(isInForce(lifetime))
    .orderBy((row) => row("s.id", "=", firstId), "desc")
    .orderBy("s.last_seen_at", "desc").orderBy("s.id", "desc").limit(limit).execute();
}

/** Records that a session was used just now. */
export async function touchSession(db: Db, id: number): Promise<void> {
  await db.updateTable("sessions").set({ last_seen_at: sql<Date>`now()` })
    .where("id", "=", id).execute();
}

/** When, by what and for what the user of a session was last proven. */
export type SessionProof = Pick<Session, "proven_by" | "proven_for"> & {
  readonly proven_minutes: number;
};

/** Finds the last proof of the user of a session. */
export function findProof(db: Db, id: number): Promise<SessionProof | undefined> {
  return db.selectFrom("sessions as s")
    .select(PROOF)
    .where("s.id", "=", id).executeTakeFirst();
}

/**
 * Records the network and browser from which a session is used now. Returns whether they differ from
 * the row: of several requests at once, one makes the change.
 */
export async function moveSession(
  db: Db,
  id: number,
  { ip, user_agent }: Pick<Session, "ip" | "user_agent">,
): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable("sessions")
    .set({ ip, user_agent, last_seen_at: sql<Date>`now()` })
    .where("id", "=", id)
    .where((row) => row.or([row("ip", "<>", ip), row("user_agent", "<>", user_agent)]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Lets an admin view as a user in a session. Returns whether the session was the admin's own. */
export async function beginViewing(
  tx: Tx,
  id: number,
  viewing: { readonly userId: number; readonly minutes: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("sessions")
    .set({
      viewing_user_id: viewing.userId,
      viewing_until: sql<Date>`now() + ${viewing.minutes}::int * interval '1 minute'`,
    })
    .where("id", "=", id).where("viewing_until", "is", null).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Makes a session its user's own again. Returns whether it was not. */
export async function endViewing(db: Db, id: number): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable("sessions")
    .set({ viewing_user_id: null, viewing_until: null })
    .where("id", "=", id).where("viewing_until", "is not", null).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whether the user of a session still views as another user. */
export async function isViewing(db: Db, id: number, userId: number): Promise<boolean> {
  const row = await db.selectFrom("sessions as s").innerJoin(
    "users as v",
    "v.id",
    "s.viewing_user_id",
  )
    .select("s.id").where("s.id", "=", id).where("v.id", "=", userId).where(mayBeViewed)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends a session. */
export async function deleteSessionById(db: Db, id: number): Promise<void> {
  await db.deleteFrom("sessions").where("id", "=", id).execute();
}

/** Ends a session of a user. Returns whether it was there. */
export async function deleteSessionOfUser(db: Db, userId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("sessions")
    .where("id", "=", id).where("user_id", "=", userId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Ends the sessions of users except one. */
export async function deleteOtherSessions(
  db: Db,
  userIds: readonly number[],
  keptId: number,
): Promise<void> {
  await db.deleteFrom("sessions").where("user_id", "=", sql<number>`any(${userIds}::bigint[])`)
    .where("id", "<>", keptId).execute();
}

/** Returns the greatest id of a session; 0 if there is none. */
export async function newestSession(db: Db): Promise<number> {
  const row = await db.selectFrom("sessions").select("id").orderBy("id", "desc").limit(1)
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** Ends up to `limit` sessions of all users up to the id `newest`, except one. Returns how many. */
export async function deleteAllSessions(
  db: Db,
  { newest, keptId, limit }: { newest: number; keptId: number; limit: number },
): Promise<number> {
  const due = db.selectFrom("sessions").select("id").where("id", "<=", newest)
    .where("id", "<>", keptId).limit(limit);
  const { numDeletedRows } = await db.deleteFrom("sessions").where("id", "in", due)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Counts the sessions of a user. */
export async function countSessionsOfUser(db: Db, userId: number): Promise<number> {
  const { count } = await db.selectFrom("sessions").where("user_id", "=", userId)
    .select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  return count;
}

/** Ends all sessions of users. */
export async function deleteSessionsOfUsers(db: Db, userIds: readonly number[]): Promise<void> {
  await db.deleteFrom("sessions").where("user_id", "=", sql<number>`any(${userIds}::bigint[])`)
    .execute();
}

/** Deletes up to `limit` expired sessions. Returns how many. */
export async function deleteExpiredSessions(
  db: Db,
  lifetime: SessionLifetime,
  limit: number,
): Promise<number> {
  const idle = listOldSessions(db, "last_seen_at", lifetime.idleMinutes, limit).as("idle");
  const old = listOldSessions(db, "created_at", lifetime.maxHours * 60, limit).as("old");
  const { numDeletedRows } = await db.deleteFrom("sessions")
    .where("id", "in", (from) =>
      from.selectFrom(
        from.selectFrom(idle).select("id").union(from.selectFrom(old).select("id")).as("ended"),
      ).select("id").limit(limit))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** One condition per index: an `or` of both would read the whole table. */
function listOldSessions(
  db: Db,
  column: "last_seen_at" | "created_at",
  minutes: number,
  limit: number,
) {
  return db.selectFrom("sessions").select("id").where(column, "<=", minutesAgo(minutes))
    .orderBy(column).limit(limit);
}

/** Whether the user `v` may be viewed in the session `s`. */
const mayBeViewed = sql<boolean>`v.role = 'user' and s.viewing_until > now()`;

/** Whether the session `s` is neither idle nor too old. */
function isInForce({ idleMinutes, maxHours }: SessionLifetime) {
  return sql<boolean>`s.last_seen_at > ${minutesAgo(idleMinutes)}
    and s.created_at > ${minutesAgo(maxHours * 60)}`;
}

/** Uses the database's clock, which all instances share. */
function minutesAgo(minutes: number) {
  return sql<Date>`now() - ${minutes}::int * interval '1 minute'`;
}
