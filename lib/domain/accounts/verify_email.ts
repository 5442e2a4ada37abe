import { deleteHeldUsernamesOf } from "@/lib/repo/held_usernames.ts";
import { replacePasswordHash } from "@/lib/repo/user_logins.ts";
import { markEmailVerified } from "@/lib/repo/users.ts";
import type { Actor, AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { requestLetterAgain } from "./letters.ts";
import { type Effect, useOneTimeCode, useOneTimeToken } from "./one_time.ts";
import { revokeTrust } from "./trust.ts";

/** Whose address was verified. */
export interface Verified {
  readonly user_id: number;
  readonly username: string;
}

/**
 * Marks the address of a mailed link as verified.
 *
 * @throws {DomainError} `link_invalid` for a link that was used, is too old or never existed.
 */
export function verifyEmail(services: Services, actor: Actor, token: string): Promise<Verified> {
  return useOneTimeToken(services, "verify_email", token, markVerified(actor));
}

/**
 * The same with the code that the e-mail has besides the link.
 *
 * @throws {DomainError} `code_invalid`, `too_many_requests`
 */
export async function verifyEmailByCode(
  services: Services,
  actor: AnonymousActor | UserActor,
  input: { readonly email: string; readonly code: string },
): Promise<Verified> {
  await services.limits.codes.take(clientOfActor(actor));
  return await useOneTimeCode(services, "verify_email", input, markVerified(actor));
}

/**
 * Sends another link to an address that waits for its verification. The answer is the same for
 * every address.
 *
 * @throws {DomainError} `too_many_requests`, also within a minute of the last one.
 */
export async function sendVerificationAgain(
  services: Services,
  actor: Actor,
  email: string,
): Promise<void> {
  await services.limits.letterRequests.take(clientOfActor(actor));
  await requestLetterAgain(services, actor, { about: "unverified", to: email });
}

/**
 * The password is the one that was chosen together with the address: if somebody else has
 * registered it before, theirs is worth nothing any more.
 */
function markVerified(actor: Actor): Effect<Verified> {
  return async (tx, user, { email, password_hash: chosen }) => {
    await markEmailVerified(tx, user.id, email);
    await deleteHeldUsernamesOf(tx, [user.id]);
    if (chosen !== null && chosen !== user.password_hash) {
      await replacePasswordHash(tx, user.id, user.password_hash, chosen);
      await revokeTrust(tx, [user.id]);
    }
    await audit(tx, actor, "verify_email", user);
    return { user_id: user.id, username: user.username };
  };
}
