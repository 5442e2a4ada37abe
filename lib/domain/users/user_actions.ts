import { NO_PASSWORD } from "@/lib/crypto/phc.ts";
import { deleteApiKeysOfUser } from "@/lib/repo/api_keys.ts";
import { deleteHeldUsernamesOf } from "@/lib/repo/held_usernames.ts";
import { forgiveWrongCodes } from "@/lib/repo/second_factors.ts";
import { deleteSessionsOfUser } from "@/lib/repo/sessions.ts";
import { replacePasswordHash } from "@/lib/repo/user_logins.ts";
import { markEmailVerified, updateUser } from "@/lib/repo/users.ts";
import type { ActionInput, UserAction } from "@/lib/shared/actions.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { removeFactors } from "@/lib/domain/accounts/second_factor.ts";
import { forgiveGuesses } from "@/lib/domain/accounts/guesses.ts";
import { revokeAccess, revokeTrust } from "@/lib/domain/accounts/trust.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { isOwn } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { changeUser, isSo, type UseCase } from "./change_user.ts";
import { deleteUser } from "./delete_user.ts";
import { restoreUser } from "./deleted_users.ts";
import { setRole } from "./edit_user.ts";
import { addTag, removeNote, removeTag, writeNote } from "./labels.ts";
import { undo } from "./undo.ts";
import { updateStatus } from "./update_status.ts";

const unlockUser = changeUser("unlock_user", async (tx, user) => {
  const forgiven = { failed_logins: 0, locked_until: null };
  const hadWrongCodes = await forgiveWrongCodes(tx, user.id);
  if (isSo(user, forgiven) && !hadWrongCodes) return "unchanged";
  await updateUser(tx, user.id, forgiven);
  return "changed";
});

/** The use case of each action. */
const USE_CASES: { readonly [A in UserAction]: UseCase<A> } = {
  suspend_user: (services, actor, input) =>
    updateStatus(services, actor, { ...input, status: "suspended" }),
  activate_user: (services, actor, { user_id }) =>
    updateStatus(services, actor, { user_id, status: "active" }),
  unlock_user: async (services, actor, input) => {
    const user = await unlockUser(services, actor, input);
    await forgiveGuesses(services, user.user_id);
    return user;
  },
  confirm_email: changeUser("confirm_email", async (tx, user) => {
    if (user.email_verified_at !== null) return "unchanged";
    await markEmailVerified(tx, user.id, user.email);
    await deleteHeldUsernamesOf(tx, user.id);
    return "changed";
  }),
  send_confirmation: changeUser("send_confirmation", async (tx, user, _, actor) => {
    const { id: userId, email: to, new_email } = user;
    if (user.email_verified_at === null) {
      await postLetters(tx, actor, [{ about: "unverified", to }]);
    } else if (new_email === null) throw new DomainError("address_is_confirmed");
    else await postLetters(tx, actor, [{ about: "new_email", to: new_email, userId }]);
    return "changed";
  }),
  demand_password: changeUser("demand_password", async (tx, user, _, actor) => {
    if (isOwn(actor, user.id)) throw new DomainError("own_account");
    await replacePasswordHash(tx, user.id, user.password_hash, NO_PASSWORD);
    await revokeAccess(tx, user.id);
    await postLetters(tx, actor, [{ about: "forgotten", to: user.email }]);
    return "changed";
  }),
  edit_role: setRole,
  delete_user: (services, actor, { user_id }) => deleteUser(services, actor, user_id),
  restore_user: (services, actor, { user_id }) => restoreUser(services, actor, user_id),
  undo,
  send_password_reset: changeUser("send_password_reset", async (tx, user, _, actor) => {
    await postLetters(tx, actor, [{ about: "forgotten", to: user.email }]);
    return "changed";
  }),
  sign_out_user: changeUser("sign_out_user", async (tx, user) => {
    await deleteSessionsOfUser(tx, user.id);
    return "changed";
  }),
  end_api_keys: changeUser("end_api_keys", async (tx, user, _, actor) => {
    if (await deleteApiKeysOfUser(tx, user.id) === 0) return "unchanged";
    await postLetters(tx, actor, [{ about: "api_keys_ended", to: user.email, userId: user.id }]);
    return "changed";
  }),
  tag_user: changeUser("tag_user", addTag),
  untag_user: changeUser("untag_user", removeTag),
  write_note: changeUser("write_note", writeNote),
  remove_note: changeUser("remove_note", removeNote),
  // Admins do it for others only: their own second factor needs a proof. Passkeys are removed, too:
  // a user who asks for a reset has lost the device.
  reset_two_factor: changeUser("reset_two_factor", async (tx, user, _, actor) => {
    if (isOwn(actor, user.id)) throw new DomainError("own_account");
    if (!await removeFactors(tx, user.id)) throw new DomainError("two_factor_is_off");
    await revokeTrust(tx, user.id);
    await postLetters(tx, actor, [{ about: "two_factor_reset", to: user.email, userId: user.id }]);
    return "changed";
  }),
};

/**
 * Does an action to a user, and returns the user as the action leaves them.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, and what its own rules say
 */
export function doUserAction<A extends UserAction>(
  services: Services,
  actor: Actor,
  action: A,
  input: ActionInput<A>,
): Promise<ChangedUser> {
  return USE_CASES[action](services, actor, input);
}
