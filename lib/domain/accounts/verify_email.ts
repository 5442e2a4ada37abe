import { hashToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteEmailTokensOfUser, takeEmailToken } from "@/lib/repo/email_tokens.ts";
import { markEmailVerified } from "@/lib/repo/users.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * Marks the address of a mailed link as verified, deletes the user's other links, and returns whose
 * it is.
 *
 * @throws {DomainError} `link_invalid` for a link that was used, is too old or never existed.
 */
export async function verifyEmail(
  services: Services,
  actor: Actor,
  token: string,
): Promise<{ username: string }> {
  return await inTransaction(services.db, async (tx) => {
    const found = await takeEmailToken(tx, hashToken(token));
    const user = found && await markEmailVerified(tx, found.user_id, found.email);
    if (!user) throw new DomainError("link_invalid");
    await deleteEmailTokensOfUser(tx, user.id);
    await audit(tx, actor, "verify_email", user);
    return { username: user.username };
  });
}
