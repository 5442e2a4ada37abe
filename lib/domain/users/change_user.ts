import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { readUserRows, type UserParts } from "@/lib/repo/undo_log.ts";
import type { SharedChanges, User } from "@/lib/repo/users.ts";
import type { ActionInput, AuditAction, UserAction } from "@/lib/shared/actions.ts";
import type { ChangedUser, NamedUser } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { authorise, confirmSession, requireReach } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockAdminsAmong, lockUser } from "./admins.ts";
import { auditChanges } from "./audit_change.ts";

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

/**
 * What an action has changed, with details for the audit trail if there are any, or the rule by
 * which it leaves the user alone.
 */
export type Change =
  | "changed"
  | "unchanged"
  | { readonly details: Readonly<Record<string, unknown>> }
  | DomainError;

/** The changes of users by id. Those who are missing are unchanged. */
export type Changes = ReadonlyMap<number, Change>;

/** Who does it, and with what. */
export interface Means {
  readonly actor: Actor;
  readonly services: Pick<Services, "limits">;
}

/**
 * How an action changes users whom the transaction has locked: any number in as many statements.
 */
export interface UsersChange<A extends UserAction> {
  readonly action: A;
  /** The action of the entries in the audit trail. */
  readonly trail: AuditAction;
  /** Which rows it changes. Default: those of `users`. */
  readonly parts?: UserParts;
  change(tx: Tx, users: readonly User[], input: ActionInput<A>, means: Means): Promise<Changes>;
  /** Does it to one user. Default: {@linkcode useCaseOf}. */
  readonly one?: UseCase<A>;
}

/** What became of a user: left out by a rule, unchanged, or changed with an entry of the audit trail. */
export type Became = DomainError | "unchanged" | Pick<ChangedUser, "entry">;

/** Declares how an action changes users. */
export function changeUsers<A extends UserAction & AuditAction>(
  action: A,
  change: UsersChange<A>["change"],
): UsersChange<A> {
  return { action, trail: action, change };
}

/** Declares how an action changes a user, which is done to one at a time. */
export function changeUser<A extends UserAction & AuditAction>(
  action: A,
  change: (tx: Tx, user: User, input: ActionInput<A>, actor: Actor) => Promise<Change>,
): UsersChange<A> {
  return changeUsers(action, async (tx, users, input, { actor }) => {
    const changes = new Map<number, Change>();
    for (const user of users) changes.set(user.id, await change(tx, user, input, actor));
    return changes;
  });
}

/** Makes the use case of an action that changes a user. */
export function useCaseOf<A extends UserAction>(change: UsersChange<A>): UseCase<A> {
  const { action } = change;
  return async (services, actor, input) => {
    authorise(actor, action, input.user_id);
    const changed = await inTransaction(services.db, async (tx) => {
      const user = await lockUser(tx, input.user_id);
      requireReach(actor, user);
      await lockAdminsAmong(tx, [user]);
      await confirmSession(tx, actor, action, user.id);
      const entry = await changeOne(tx, change, user, input, { actor, services });
      return { ...await namedUser(tx, user), ...entry };
    });
    services.jobs.wake("letter");
    return changed;
  };
}

/** Changes one user whom the transaction has locked. @throws {DomainError} what its rules say */
export async function changeOne<A extends UserAction>(
  tx: Tx,
  change: UsersChange<A>,
  user: User,
  input: ActionInput<A>,
  means: Means,
): Promise<Pick<ChangedUser, "entry">> {
  const became = (await changeLocked(tx, change, [user], input, means)).get(user.id);
  if (became instanceof DomainError) throw became;
  return became === undefined || became === "unchanged" ? {} : became;
}

/**
 * Changes users whom the transaction has locked, by the rules of the action, and writes the audit
 * trail. It takes as many statements for a thousand as for one. The actor must be allowed to do it.
 *
 * @returns what became of each, by id
 */
export async function changeLocked<A extends UserAction>(
  tx: Tx,
  { trail, parts = "account", change }: UsersChange<A>,
  users: readonly User[],
  input: ActionInput<A>,
  means: Means,
): Promise<ReadonlyMap<number, Became>> {
  const before = await readUserRows(tx, idsOf(users), parts);
  const changes = await change(tx, users, input, means);
  const became = new Map<number, Became>();
  const changed: { readonly user: User; readonly details: Record<string, unknown> }[] = [];
  for (const user of users) {
    const result = changes.get(user.id) ?? "unchanged";
    if (result === "unchanged" || result instanceof DomainError) became.set(user.id, result);
    else changed.push({ user, details: result === "changed" ? {} : result.details });
  }
  const entries = await auditChanges(tx, means.actor, { action: trail, users: changed, before });
  for (const { user: { id } } of changed) became.set(id, entryOf(entries.get(id)));
  return became;
}

/** Says of all of some users that they are changed. */
export function allChanged(
  users: readonly Pick<User, "id">[],
  change: Change = "changed",
): Map<number, Change> {
  return new Map(users.map(({ id }) => [id, change]));
}

/** Returns the ids of users. */
export function idsOf(users: readonly Pick<User, "id">[]): number[] {
  return users.map(({ id }) => id);
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
export function isSo(user: User, state: SharedChanges): boolean {
  const comparable = (value: unknown) => value instanceof Date ? value.getTime() : value;
  return Object.entries(state).every(([name, value]) =>
    comparable(user[name as keyof User]) === comparable(value)
  );
}
