import { inTransaction } from "@/lib/db/transaction.ts";
import type { ShownAddress } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession, requireReach } from "@/lib/domain/authorise.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUser } from "./admins.ts";
import { namedUser } from "./change_user.ts";

/**
 * Returns the addresses of a user, which support sees masked otherwise. The audit trail has it.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`
 */
export async function showAddress(
  { db }: Services,
  actor: Actor,
  userId: number,
): Promise<ShownAddress> {
  authorise(actor, "show_address", userId);
  return await inTransaction(db, async (tx) => {
    const user = await lockUser(tx, userId);
    requireReach(actor, user);
    await confirmSession(tx, actor, "show_address", user.id);
    await audit(tx, actor, "show_address", user);
    const { email, new_email } = user;
    return { ...await namedUser(tx, user), email, new_email };
  });
}
