import type { Tx } from "@/lib/db/database.ts";
import type { UserColumns } from "@/lib/db/operation_tables.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { type DeletedUser, removeDeletedUsers } from "@/lib/repo/deleted_users.ts";
import { insertFactors } from "@/lib/repo/factors.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { markDeletionsUndone } from "@/lib/repo/undo_log.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import type { NamedUser } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { takenField } from "./new_user.ts";
import { restoreLabels } from "./labels.ts";
import { fromSnapshot } from "./user_snapshot.ts";

/** The entry in the audit trail when deleted users come back. */
type ReturnAction = "restore_user" | "restore_account" | "undo";

/** How a deleted user comes back. */
interface Return {
  readonly action: ReturnAction;
  /** What is thrown if somebody has the name or address by now. */
  readonly ifTaken: "name_taken" | "own_name_taken";
  /** Finds and locks the user. */
  find(tx: Tx): Promise<ReturningUser>;
}

/** A deleted user whom the transaction has locked. */
export interface ReturningUser {
  readonly deleted: DeletedUser;
  /** Columns that the snapshot has less exactly, or not at all. */
  readonly before?: UserColumns;
  /** More about it for the entry. */
  readonly details?: Record<string, unknown>;
}

/** Restores a deleted user as they were, but signed out. @throws what `find` throws, and `ifTaken` */
export async function bringBack(
  { db, jobs }: Services,
  actor: Actor,
  { action, ifTaken, find }: Return,
): Promise<NamedUser> {
  const restored = await inTransaction(db, async (tx) => {
    const users = await bringAllBack(tx, actor, { action, ifTaken }, [await find(tx)]);
    return users[0]!;
  });
  await jobs.runOf(restored.user_id);
  return restored;
}

/**
 * Does the same to users whom the transaction has locked. It takes as many statements for a thousand
 * as for one. Their jobs wait for the commit.
 */
export async function bringAllBack(
  tx: Tx,
  actor: Actor,
  { action, ifTaken }: Pick<Return, "action" | "ifTaken">,
  returning: readonly ReturningUser[],
): Promise<NamedUser[]> {
  if (returning.length === 0) return [];
  const users = returning.map(({ deleted, before, details }) => ({
    id: deleted.user_id,
    details,
    ...fromSnapshot(deleted.snapshot, before),
  }));
  try {
    await insertUsers(
      tx,
      users.map(({ account }) => account),
      users.map(({ profile }) => profile),
    );
  } catch (error) {
    if (takenField(error)) throw new DomainError(ifTaken, { cause: error });
    throw error;
  }
  const ids = users.map(({ id }) => id);
  await insertJobs(tx, ids.map((user_id) => ({ kind: "user_created", user_id })));
  await auditAll(
    tx,
    actor,
    action,
    users.map(({ id, account: { username, role }, details }) => {
      return { id, username, details: { role, ...details } };
    }),
  );
  await restoreLabels(tx, users);
  // Without them accounts would be weaker than their owners believe.
  await insertFactors(tx, users.flatMap(({ factors }) => factors ?? []));
  await removeDeletedUsers(tx, ids);
  await markDeletionsUndone(tx, ids);
  return users.map(({ id: user_id, account: { username }, profile: { full_name = "" } }) => {
    return { user_id, username, full_name };
  });
}
