import { NO_PASSWORD } from "@/lib/crypto/phc.ts";
import { deleteApiKeysOfUsers } from "@/lib/repo/api_keys.ts";
import { deleteHeldUsernamesOf } from "@/lib/repo/held_usernames.ts";
import { forgiveWrongCodes } from "@/lib/repo/second_factors.ts";
import { deleteSessionsOfUsers } from "@/lib/repo/sessions.ts";
import { updateUsers } from "@/lib/repo/users.ts";
import type { ActionInput, BulkAction, UserAction } from "@/lib/shared/actions.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { removeFactors } from "@/lib/domain/accounts/second_factor.ts";
import { forgiveGuesses } from "@/lib/domain/accounts/guesses.ts";
import { revokeAccess, revokeTrust } from "@/lib/domain/accounts/trust.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { isOwn } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { changeRoles } from "./change_role.ts";
import {
  allChanged,
  changeUser,
  changeUsers,
  idsOf,
  isSo,
  type UseCase,
  useCaseOf,
  type UsersChange,
} from "./change_user.ts";
import { deleteUser } from "./delete_user.ts";
import { restoreUser } from "./deleted_users.ts";
import { removeNote, tagUsers, untagUsers, writeNote } from "./labels.ts";
import { deleteUsers } from "./remove_user.ts";
import { undo } from "./undo.ts";
import { activateUsers, suspendUsers, updateStatus } from "./update_status.ts";

const unlockUsers = changeUsers("unlock_user", async (tx, users, _, { services }) => {
  const columns = { failed_logins: 0, locked_until: null };
  const hadWrongCodes = await forgiveWrongCodes(tx, idsOf(users));
  await forgiveGuesses(services, tx, users);
  const locked = users.filter((user) => !isSo(user, columns) || hadWrongCodes.has(user.id));
  await updateUsers(tx, idsOf(locked), columns);
  return allChanged(locked);
});

const confirmEmails = changeUsers("confirm_email", async (tx, users) => {
  const unconfirmed = users.filter((user) => user.email_verified_at === null);
  await deleteHeldUsernamesOf(tx, idsOf(unconfirmed));
  await updateUsers(tx, idsOf(unconfirmed), { email_verified_at: new Date() });
  return allChanged(unconfirmed);
});

const sendConfirmations = changeUsers("send_confirmation", async (tx, users, _, { actor }) => {
  const confirmed = users.filter((user) => user.email_verified_at !== null && !user.new_email);
  const others = users.filter((user) => !confirmed.includes(user));
  await postLetters(
    tx,
    actor,
    others.map(({ id: userId, email, new_email, email_verified_at }) =>
      email_verified_at === null
        ? { about: "unverified", to: email }
        : { about: "new_email", to: new_email!, userId }
    ),
  );
  return new Map([
    ...allChanged(others),
    ...allChanged(confirmed, new DomainError("address_is_confirmed")),
  ]);
});

const demandPasswords = changeUsers("demand_password", async (tx, users, _, { actor }) => {
  const own = users.filter(({ id }) => isOwn(actor, id));
  const others = users.filter(({ id }) => !isOwn(actor, id));
  await updateUsers(tx, idsOf(others), { password_hash: NO_PASSWORD });
  await revokeAccess(tx, idsOf(others));
  await postLetters(tx, actor, others.map(({ email }) => ({ about: "forgotten", to: email })));
  return new Map([
    ...allChanged(others),
    ...allChanged(own, new DomainError("own_account")),
  ]);
});

const sendPasswordResets = changeUsers("send_password_reset", async (tx, users, _, { actor }) => {
  await postLetters(tx, actor, users.map(({ email }) => ({ about: "forgotten", to: email })));
  return allChanged(users);
});

const signOutUsers = changeUsers("sign_out_user", async (tx, users) => {
  await deleteSessionsOfUsers(tx, idsOf(users));
  return allChanged(users);
});

const endApiKeys = changeUsers("end_api_keys", async (tx, users, _, { actor }) => {
  const ended = new Set(await deleteApiKeysOfUsers(tx, idsOf(users)));
  const had = users.filter(({ id }) => ended.has(id));
  await postLetters(
    tx,
    actor,
    had.map(({ id: userId, email: to }) => ({ about: "api_keys_ended", to, userId })),
  );
  return allChanged(had);
});

/** Users are changed in sets, or a use case does it to one at a time. */
type UseCases = { readonly [A in UserAction]: UsersChange<A> | UseCase<A> };

/** Bulk actions are done to sets. */
type BulkUseCases = { readonly [A in BulkAction]: UsersChange<A> };

/** How each action is done. */
const USE_CASES: UseCases & BulkUseCases = {
  suspend_user: {
    ...suspendUsers,
    one: (services, actor, input) =>
      updateStatus(services, actor, { ...input, status: "suspended" }),
  },
  activate_user: {
    ...activateUsers,
    one: (services, actor, { user_id }) =>
      updateStatus(services, actor, { user_id, status: "active" }),
  },
  unlock_user: unlockUsers,
  confirm_email: confirmEmails,
  send_confirmation: sendConfirmations,
  demand_password: demandPasswords,
  edit_role: changeRoles,
  delete_user: {
    ...deleteUsers,
    one: (services, actor, { user_id }) => deleteUser(services, actor, user_id),
  },
  restore_user: (services, actor, { user_id }) => restoreUser(services, actor, user_id),
  undo,
  send_password_reset: sendPasswordResets,
  sign_out_user: signOutUsers,
  end_api_keys: endApiKeys,
  tag_user: tagUsers,
  untag_user: untagUsers,
  write_note: changeUser("write_note", writeNote),
  remove_note: changeUser("remove_note", removeNote),
  // Admins do it for others only: their own second factor needs a proof. Passkeys are removed, too:
  // a user who asks for a reset has lost the device.
  reset_two_factor: changeUser("reset_two_factor", async (tx, user, _, actor) => {
    if (isOwn(actor, user.id)) throw new DomainError("own_account");
    if (!await removeFactors(tx, user.id)) throw new DomainError("two_factor_is_off");
    await revokeTrust(tx, [user.id]);
    await postLetters(tx, actor, [{ about: "two_factor_reset", to: user.email, userId: user.id }]);
    return "changed";
  }),
};

/** Returns how an action changes users in sets. */
export function changeOf(action: BulkAction): UsersChange<BulkAction> {
  return USE_CASES[action];
}

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
  const useCases: UseCases = USE_CASES;
  const how: UsersChange<A> | UseCase<A> = useCases[action];
  const useCase = typeof how === "function" ? how : how.one ?? useCaseOf(how);
  return useCase(services, actor, input);
}
