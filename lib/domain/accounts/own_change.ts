import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { SessionProof } from "@/lib/repo/sessions.ts";
import { lockUserById, type User } from "@/lib/repo/users.ts";
import type { AuditAction, PermittedAction } from "@/lib/shared/actions.ts";
import type { Actor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { type LetterSubject, postLetters } from "./letters.ts";

/**
 * Changes something of the actor's own, in a transaction that has locked their row.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`
 */
export async function changeOwn<T>(
  { db, jobs }: Services,
  actor: UserActor,
  action: PermittedAction,
  change: (tx: Tx, user: User, proof: SessionProof) => Promise<T>,
): Promise<T> {
  authorise(actor, action, actor.userId);
  const result = await inTransaction(db, async (tx) => {
    const user = await lockUserById(tx, actor.userId);
    const proof = await confirmSession(tx, actor, action, actor.userId);
    if (!user || !proof) throw new DomainError("not_signed_in");
    return await change(tx, user, proof);
  });
  jobs.wake("letter");
  return result;
}

/** Records a change of how a user signs in, and tells the user by e-mail. */
export async function announce(
  tx: Tx,
  actor: Actor,
  user: User,
  action: AuditAction,
  about: LetterSubject,
): Promise<void> {
  await audit(tx, actor, action, user);
  await postLetters(tx, actor, [{ about, to: user.email, userId: user.id }]);
}

/** A user who cannot read the address could not be told of changes or get the account back. */
export function needsAddress(
  { emailVerification }: Services["settings"],
  { email_verified_at }: Pick<User, "email_verified_at">,
): boolean {
  return emailVerification === "required" && email_verified_at === null;
}
