import { hashToken } from "@/lib/crypto/token.ts";
import { findDeletedUserForUpdate } from "@/lib/repo/deleted_users.ts";
import { findOneTimeToken, takeOneTimeToken } from "@/lib/repo/one_time_tokens.ts";
import { NOBODY } from "@/lib/repo/users.ts";
import { foldKey } from "@/lib/shared/fold.ts";
import type { NamedUser } from "@/lib/shared/views.ts";
import type { Actor, UserActor } from "@/lib/domain/actor.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { bringBack } from "@/lib/domain/users/bring_back.ts";
import { type Removal, removeUser } from "@/lib/domain/users/remove_user.ts";

/**
 * Removes the actor's own account, after the username was typed. It can be brought back for a while,
 * or is erased at once.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `last_admin`, `step_up_required`
 */
export async function leave(
  services: Services,
  actor: UserActor,
  { typed, afterwards }: Pick<Removal, "afterwards"> & { readonly typed: string },
): Promise<Outcome<NamedUser>> {
  authorise(actor, "leave", actor.userId);
  if (foldKey(typed) !== foldKey(actor.username)) {
    return refuse({ username: "This is not your username" });
  }
  const { userId } = actor;
  return {
    ok: true,
    value: await removeUser(services, actor, { userId, action: "leave", afterwards }),
  };
}

/**
 * Restores the deleted user whose link this is.
 *
 * @throws {DomainError} `link_invalid`, `own_name_taken`
 */
export async function restoreAccount(
  services: Services,
  actor: Actor,
  token: string,
): Promise<NamedUser> {
  return await bringBack(services, actor, {
    action: "restore_account",
    ifTaken: "own_name_taken",
    async find(tx) {
      const link = await findOneTimeToken(tx, "restore_account", hashToken(token));
      // Of two requests at the same time, the second waits for the lock and finds no row.
      const deleted = await findDeletedUserForUpdate(tx, link?.deleted_user_id ?? NOBODY);
      if (!link || !deleted || !await takeOneTimeToken(tx, link.id)) {
        throw new DomainError("link_invalid");
      }
      return { deleted };
    },
  });
}
