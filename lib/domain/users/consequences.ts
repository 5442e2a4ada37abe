import type { Tx } from "@/lib/db/database.ts";
import { deleteApiKeysOfUser } from "@/lib/repo/api_keys.ts";
import { deleteSessionsOfUser } from "@/lib/repo/sessions.ts";
import type { User } from "@/lib/repo/users.ts";
import { type NewLetter, postLetters } from "@/lib/domain/accounts/letters.ts";
import { revokeAccess } from "@/lib/domain/accounts/trust.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { isOwn } from "@/lib/domain/authorise.ts";

/**
 * Ends what a user may not keep after a change of role or status, and adds the e-mails that tell
 * them of it, in the transaction of the change.
 */
export async function drawConsequences(
  tx: Tx,
  actor: Actor,
  before: User,
  after: User,
): Promise<void> {
  const { id } = before;
  if (after.status === "suspended" && before.status === "active") await revokeAccess(tx, id);
  // A demoted admin must not keep a session or a key of an admin.
  if (after.role !== before.role) await deleteSessionsOfUser(tx, id);
  if (after.role !== before.role && before.role === "admin") await deleteApiKeysOfUser(tx, id);
  await postLetters(tx, actor, noticesOf(actor, before, after));
}

/** Returns the e-mails that tell a user of a change of address, role or status. */
function noticesOf(actor: Actor, before: User, after: User): NewLetter[] {
  const letters: NewLetter[] = [];
  const userId = before.id;
  if (before.email_key !== after.email_key) {
    const own = isOwn(actor, userId);
    letters.push({ about: own ? "email_moving" : "email_changed", to: before.email, userId });
    if (!own) letters.push({ about: "email_changed", to: after.email, userId });
  }
  if (before.role !== after.role) letters.push({ about: "role_changed", to: after.email, userId });
  if (before.status !== after.status) {
    const about = after.status === "suspended" ? "suspended" : "activated";
    letters.push({ about, to: after.email, userId });
  }
  return letters;
}
