import { type ExpressionBuilder, type Selectable, sql, type Updateable } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { Database } from "@/lib/db/schema.ts";
import type { InvitationsTable } from "@/lib/db/sign_in_tables.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import { type IdPage, idPageOf, type IdPageQuery } from "./id_pages.ts";

/** A row of `invitations`. */
export type Invitation = Selectable<InvitationsTable>;

/** What an admin decides about an invitation. */
export type NewInvitation = Pick<
  Invitation,
  "email" | "role" | "invited_by" | "invited_by_name" | "expires_at"
>;

/** One link of an invitation. */
export type InvitationLink = Pick<Invitation, "id" | "revision">;

/** Invites an address. An invitation of it that has not ended is renewed; its link is dead. */
export function upsertInvitation(tx: Tx, invitation: NewInvitation): Promise<Invitation> {
  return tx.insertInto("invitations")
    .values({ ...invitation, email_key: emailKey(invitation.email) })
    .onConflict((on) =>
      on.column("email_key").where("accepted_at", "is", null).where("withdrawn_at", "is", null)
        .doUpdateSet({
          ...invitation,
          token_hash: null,
          revision: sql<number>`invitations.revision + 1`,
        })
    )
    .returningAll().executeTakeFirstOrThrow();
}

/** Finds an invitation by id. */
export function findInvitationById(db: Db, id: number): Promise<Invitation | undefined> {
  return db.selectFrom("invitations").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Finds the invitation of a link, also after its end. */
export function findInvitationByToken(
  db: Db,
  tokenHash: string,
): Promise<Invitation | undefined> {
  return db.selectFrom("invitations").selectAll().where("token_hash", "=", tokenHash)
    .executeTakeFirst();
}

/** Like {@linkcode findInvitationByToken}, and locks the row until the transaction ends. */
export function lockInvitationByToken(
  tx: Tx,
  tokenHash: string,
): Promise<Invitation | undefined> {
  return tx.selectFrom("invitations").selectAll().where("token_hash", "=", tokenHash)
    .forUpdate().executeTakeFirst();
}

/** Locks an invitation until the transaction ends. */
export function lockInvitationById(tx: Tx, id: number): Promise<Invitation | undefined> {
  return tx.selectFrom("invitations").selectAll().where("id", "=", id)
    .forUpdate().executeTakeFirst();
}

/** Changes an invitation that the transaction has locked. */
export function updateInvitation(
  tx: Tx,
  id: number,
  changes: Updateable<InvitationsTable>,
): Promise<Invitation> {
  return tx.updateTable("invitations").set(changes).where("id", "=", id)
    .returningAll().executeTakeFirstOrThrow();
}

/**
 * Sets the token of a link that was asked for. `false` if the invitation has ended, or a newer link
 * was asked for.
 */
export async function setInvitationToken(
  db: Db,
  { id, revision }: InvitationLink,
  tokenHash: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable("invitations").set({ token_hash: tokenHash })
    .where("id", "=", id).where("revision", "=", revision).where(isOpen).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Finds the invitation of a link that can still be made. */
export function findOpenInvitation(
  db: Db,
  { id, revision }: InvitationLink,
): Promise<Invitation | undefined> {
  return db.selectFrom("invitations").selectAll().where("id", "=", id)
    .where("revision", "=", revision).where(isOpen).executeTakeFirst();
}

/** Lists a page of invitations, newest first. */
export async function listInvitations(db: Db, query: IdPageQuery): Promise<IdPage<Invitation>> {
  const { limit, after, before } = query;
  const found = await db.selectFrom("invitations").selectAll()
    .$if(after !== undefined, (select) => select.where("id", "<", after ?? 0))
    .$if(before !== undefined, (select) => select.where("id", ">", before ?? 0))
    .orderBy("id", before === undefined ? "desc" : "asc").limit(limit + 1).execute();
  return idPageOf(found, query);
}

/** Deletes up to `limit` invitations that ended more than `days` ago. Returns how many. */
export async function deleteEndedInvitations(
  db: Db,
  days: number,
  limit: number,
): Promise<number> {
  const end = sql<Date>`coalesce(accepted_at, withdrawn_at, expires_at)`;
  const { numDeletedRows } = await db.deleteFrom("invitations")
    .where("id", "in", (from) =>
      from.selectFrom("invitations").select("id")
        .where(end, "<", sql<Date>`now() - make_interval(days => ${days})`)
        .orderBy(end).limit(limit))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Lists the invitations that a user has sent, and the one that the user has accepted. */
export function listInvitationsOfUser(db: Db, userId: number): Promise<Invitation[]> {
  return db.selectFrom("invitations").selectAll()
    .where((row) => row.or([row("invited_by", "=", userId), row("accepted_by", "=", userId)]))
    .orderBy("id").execute();
}

/** Removes invitations of erased users, and their names from those that they have sent. */
export async function eraseInvitations(
  tx: Tx,
  userIds: readonly number[],
  addresses: readonly string[],
): Promise<void> {
  const anyUser = sql<number>`any(${userIds}::bigint[])`;
  await tx.deleteFrom("invitations")
    .where((where) =>
      where.or([
        where("accepted_by", "=", anyUser),
        where("email_key", "=", sql<string>`any(${addresses.map(emailKey)}::text[])`),
      ])
    )
    .execute();
  await tx.updateTable("invitations")
    .set({ invited_by_name: sql<string>`'user ' || invited_by` })
    .where("invited_by", "=", anyUser).execute();
}

function isOpen(where: ExpressionBuilder<Database, "invitations">) {
  return where.and([
    where("accepted_at", "is", null),
    where("withdrawn_at", "is", null),
    where("expires_at", ">", sql<Date>`now()`),
  ]);
}
