import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { type DeletedUser, removeDeletedUser } from "@/lib/repo/deleted_users.ts";
import { insertFactors } from "@/lib/repo/factors.ts";
import { markDeletionsUndone } from "@/lib/repo/undo_log.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import type { NamedUser } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAccount, takenField } from "./new_user.ts";
import { restoreLabels } from "./labels.ts";
import { fromSnapshot } from "./user_snapshot.ts";

/** How a deleted user comes back. */
interface Return {
  /** The entry in the audit trail. */
  readonly action: "restore_user" | "restore_account" | "undo";
  /** What is thrown if somebody has the name or address by now. */
  readonly ifTaken: "name_taken" | "own_name_taken";
  /** More about it for the entry. */
  readonly details?: Record<string, unknown>;
  /** Finds and locks the user. */
  find(tx: Tx): Promise<DeletedUser>;
  /** Completes what the snapshot does not have. */
  complete?(tx: Tx): Promise<void>;
}

/** Restores a deleted user as they were, but signed out. @throws what `find` throws, and `ifTaken` */
export async function bringBack(
  { db, jobs }: Services,
  actor: Actor,
  { action, ifTaken, details, find, complete }: Return,
): Promise<NamedUser> {
  try {
    const restored = await inTransaction(db, async (tx) => {
      const { user_id, snapshot } = await find(tx);
      const { account, profile, labels, factors } = fromSnapshot(snapshot);
      const user = await insertAccount(tx, actor, action, account, details);
      const { full_name } = await upsertUserProfile(tx, user.id, profile);
      await restoreLabels(tx, user.id, labels);
      // Without them the account would be weaker than its owner believes.
      if (factors) await insertFactors(tx, factors);
      await complete?.(tx);
      await removeDeletedUser(tx, user_id);
      await markDeletionsUndone(tx, user_id);
      return { user_id: user.id, username: user.username, full_name };
    });
    await jobs.runOf(restored.user_id);
    return restored;
  } catch (error) {
    if (takenField(error)) throw new DomainError(ifTaken, { cause: error });
    throw error;
  }
}
