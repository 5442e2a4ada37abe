import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { readUserColumns } from "@/lib/repo/undo_log.ts";
import type { User, UserChanges } from "@/lib/repo/users.ts";
import type { ActionInput, AuditAction, UserAction } from "@/lib/shared/actions.ts";
import type { ChangedUser, NamedUser } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { authorise, confirmSession, requireReach } from "@/lib/domain/authorise.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUser } from "./admins.ts";
import { auditChange } from "./audit_change.ts";

/**
 * Does an action to a user, and returns the user as the action leaves them.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, and what its own rules say
 */
export type UseCase<A extends UserAction> = (
  services: Services,
  actor: Actor,
  input: ActionInput<A>,
) => Promise<ChangedUser>;

/** What an action has changed, with details for the audit trail if there are any. */
export type Change =
  | "changed"
  | "unchanged"
  | { readonly details: Readonly<Record<string, unknown>> };

/** Makes the use case of an action that changes a user. `change` runs when the user is locked. */
export function changeUser<A extends UserAction & AuditAction>(
  action: A,
  change: (
    tx: Tx,
    user: User,
    input: ActionInput<A>,
    actor: Actor,
  ) => Promise<Change>,
): UseCase<A> {
  return async ({ db, jobs }, actor, input) => {
    authorise(actor, action, input.user_id);
    const changed = await inTransaction(db, async (tx) => {
      const user = await lockUser(tx, input.user_id);
      requireReach(actor, user);
      await confirmSession(tx, actor, action, user.id);
      const before = await readUserColumns(tx, user.id);
      const changed = await change(tx, user, input, actor);
      const { details } = typeof changed === "string" ? { details: {} } : changed;
      const entry = changed === "unchanged"
        ? undefined
        : await auditChange(tx, actor, { action, user, before, leaves: "user", details });
      return { ...await namedUser(tx, user), ...entryOf(entry) };
    });
    jobs.wake("letter");
    return changed;
  };
}

/** The names of a user. */
export async function namedUser(tx: Tx, { id, username }: User): Promise<NamedUser> {
  const profile = await findUserProfileByUserId(tx, id);
  return { user_id: id, username, full_name: profile?.full_name ?? "" };
}

/** The number of an entry that can be taken back, as a member of what a use case returns. */
export function entryOf(entry: number | undefined): Pick<ChangedUser, "entry"> {
  return entry === undefined ? {} : { entry };
}

/** Whether a user has these values already, so that nothing has to be written. */
export function isSo(user: User, state: UserChanges): boolean {
  const comparable = (value: unknown) => value instanceof Date ? value.getTime() : value;
  return Object.entries(state).every(([name, value]) =>
    comparable(user[name as keyof User]) === comparable(value)
  );
}
