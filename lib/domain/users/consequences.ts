import type { Tx } from "@/lib/db/database.ts";
import { deleteApiKeysOfUsers } from "@/lib/repo/api_keys.ts";
import { deleteSessionsOfUsers } from "@/lib/repo/sessions.ts";
import type { SharedChanges, User } from "@/lib/repo/users.ts";
import { type NewLetter, postLetters } from "@/lib/domain/accounts/letters.ts";
import { revokeAccess } from "@/lib/domain/accounts/trust.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { isOwn } from "@/lib/domain/authorise.ts";

/** A user before and after a change. */
export interface UserChange {
  readonly before: User;
  readonly after: User;
}

/** Returns users before and after a change that they share. */
export function changesTo(users: readonly User[], columns: SharedChanges): UserChange[] {
  return users.map((user) => ({ before: user, after: { ...user, ...columns } as User }));
}

/**
 * Ends what users may not keep after a change of role or status, and adds the e-mails that tell them
 * of it, in the transaction of the change.
 */
export async function drawConsequences(
  tx: Tx,
  actor: Actor,
  changes: readonly UserChange[],
): Promise<void> {
  const idsWhere = (is: (change: UserChange) => boolean) =>
    changes.filter(is).map(({ before }) => before.id);
  const suspended = idsWhere(({ before, after }) =>
    after.status === "suspended" && before.status === "active"
  );
  if (suspended.length > 0) await revokeAccess(tx, suspended);
  // A demoted admin must not keep a session or a key of an admin.
  const inAnotherRole = idsWhere(({ before, after }) => after.role !== before.role);
  if (inAnotherRole.length > 0) await deleteSessionsOfUsers(tx, inAnotherRole);
  const demoted = idsWhere(({ before, after }) =>
    after.role !== before.role && before.role === "admin"
  );
  if (demoted.length > 0) await deleteApiKeysOfUsers(tx, demoted);
  await postLetters(tx, actor, changes.flatMap((change) => noticesOf(actor, change)));
}

/** Returns the e-mails that tell a user of a change of address, role or status. */
function noticesOf(actor: Actor, { before, after }: UserChange): NewLetter[] {
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
