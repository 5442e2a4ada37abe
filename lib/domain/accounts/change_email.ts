import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteNewerOneTimeTokens, deleteOneTimeTokens } from "@/lib/repo/one_time_tokens.ts";
import { findUserProfileByUserId, upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { findUserById, updateUser, type User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import type { Actor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession, isOwn, requireProof } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUser } from "@/lib/domain/users/admins.ts";
import { takenField } from "@/lib/domain/users/new_user.ts";
import { postLetters, requestLetterAgain } from "./letters.ts";
import { useOneTimeToken } from "./one_time.ts";
import { proofFault } from "./password_proof.ts";
import { hasPassword } from "./passwords.ts";
import { removeFactorsSince } from "./second_factor.ts";
import { revokeAccess } from "./trust.ts";

/** Whose address has changed. */
export interface MovedUser {
  readonly user_id: number;
  readonly username: string;
}

/** A new address, and the password that proves who wants it. */
interface WantedAddress {
  readonly email: string | undefined;
  readonly current_password: string | undefined;
}

/**
 * Requires a proof from users who change their own sign-in address: a step-up a short time ago, and
 * the password if they have one.
 *
 * @returns what is wrong, by field
 * @throws {DomainError} `step_up_required`, `too_many_requests`
 */
export async function addressProofErrors(
  services: Services,
  actor: Actor,
  user: User,
  { email, current_password = "" }: WantedAddress,
): Promise<Record<string, string> | undefined> {
  if (email === undefined || !isOwn(actor, user.id)) return undefined;
  if (emailKey(user.email) === emailKey(email)) return undefined;
  await requireProof(services.db, actor, { action: "edit_email", targetId: user.id, to: "send" });
  if (hasPassword(services, user)) {
    if (current_password === "") {
      return { current_password: "Enter your current password to change the address" };
    }
    const fault = await proofFault(services, actor, user, current_password);
    if (fault !== undefined) return { current_password: fault };
  }
  await services.limits.newEmails.take(String(user.id));
}

/**
 * Starts to change the user's own address: the new one gets a link that confirms it, and the old one
 * a link that takes everything back. Until then the old one stays. If somebody has the new address,
 * its owner is told, and the request looks the same.
 */
export async function requestNewEmail(
  tx: Tx,
  actor: Actor,
  user: User,
  email: string,
): Promise<void> {
  await deleteOneTimeTokens(tx, [user.id], ["change_email"]);
  await audit(tx, actor, "request_new_email", user, { email: [user.email, email] });
  await postLetters(tx, actor, [
    { about: "new_email", to: email, userId: user.id },
    { about: "email_moving", to: user.email, userId: user.id },
  ]);
}

/**
 * Makes the address of a link the user's address.
 *
 * @throws {DomainError} `link_invalid`, `name_taken`
 */
export async function confirmNewEmail(
  services: Services,
  actor: Actor,
  token: string,
): Promise<MovedUser> {
  return await orTaken(() =>
    useOneTimeToken(services, "change_email", token, async (tx, user, { email }) => {
      await moveTo(tx, user, email);
      await audit(tx, actor, "change_email", user, { email: [user.email, email] });
      return { user_id: user.id, username: user.username };
    })
  );
}

/**
 * Gives a user the address back that a link was sent to, and ends all sessions, API keys, newer
 * links, and a second factor and passkeys that were added since. It sends a link for a new password, because somebody else
 * may know the old one.
 *
 * @throws {DomainError} `link_invalid`, `name_taken`
 */
export async function undoEmailChange(
  services: Services,
  actor: Actor,
  token: string,
): Promise<MovedUser> {
  const moved = await orTaken(() =>
    useOneTimeToken(services, "undo_email_change", token, async (tx, user, used) => {
      await moveTo(tx, user, used.email);
      await revokeAccess(tx, [user.id]);
      await removeFactorsSince(tx, user.id, used.created_at);
      await deleteNewerOneTimeTokens(tx, used);
      await audit(tx, actor, "undo_email_change", user, { email: [user.email, used.email] });
      await postLetters(tx, actor, [{ about: "forgotten", to: used.email }]);
      return { user_id: user.id, username: user.username };
    })
  );
  services.jobs.wake("letter");
  return moved;
}

/** Keeps the address after all. Does nothing if no new one waits. */
export async function cancelNewEmail({ db }: Services, actor: UserActor): Promise<void> {
  authorise(actor, "cancel_new_email", actor.userId);
  await inTransaction(db, async (tx) => {
    const user = await lockUser(tx, actor.userId);
    await confirmSession(tx, actor, "cancel_new_email", user.id);
    if (user.new_email === null) return;
    await updateUser(tx, user.id, { new_email: null });
    await deleteOneTimeTokens(tx, [user.id], ["change_email"]);
    await audit(tx, actor, "cancel_new_email", user);
  });
}

/**
 * Sends the link to the new address again, if one waits.
 *
 * @throws {DomainError} `too_many_requests` within a minute of the last one.
 */
export async function sendNewEmailAgain(services: Services, actor: UserActor): Promise<void> {
  authorise(actor, "send_new_email", actor.userId);
  const user = await findUserById(services.db, actor.userId);
  if (!user?.new_email) return;
  await requestLetterAgain(services, actor, {
    about: "new_email",
    to: user.new_email,
    userId: user.id,
  });
}

/** Sets a proven address. The contact address follows as long as both were equal. */
async function moveTo(tx: Tx, user: User, email: string): Promise<void> {
  await updateUser(tx, user.id, { email, email_verified_at: new Date(), new_email: null });
  const profile = await findUserProfileByUserId(tx, user.id);
  if (profile?.email === user.email) await upsertUserProfile(tx, user.id, { email });
}

async function orTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (takenField(error) === undefined) throw error;
    throw new DomainError("name_taken", { cause: error });
  }
}
