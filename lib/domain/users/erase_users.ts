import type { Tx } from "@/lib/db/database.ts";
import { eraseAuditAddresses, eraseAuditEvents } from "@/lib/repo/audit_events.ts";
import { type ErasedUser, filterFreeAddresses, forgetDeleters } from "@/lib/repo/deleted_users.ts";
import { eraseInvitations } from "@/lib/repo/invitations.ts";
import type { JobStep } from "@/lib/repo/job_steps.ts";
import { deleteLettersOf, insertJobs } from "@/lib/repo/jobs.ts";
import { deleteUndoEntriesOf } from "@/lib/repo/undo_log.ts";
import { deleteImportRowsOf } from "@/lib/repo/user_imports.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { releaseImages } from "@/lib/domain/images/images.ts";
import type { Images } from "@/lib/storage/images.ts";

/** Entries of the audit trail in a transaction, which keeps an embedded database busy. */
const TRAIL_BATCH = 1_000;

/**
 * Erases what is left of users in the transaction that deletes their last row. The audit trail keeps
 * their numbers. It may be long, so a job goes through it.
 */
export async function eraseUsers(
  tx: Tx,
  images: Images,
  actor: Actor,
  users: readonly ErasedUser[],
): Promise<void> {
  const ids = users.map(({ id }) => id);
  await releaseImages(tx, images, users.map(({ image }) => image));
  // Somebody else may have one of them by now.
  const addresses = await filterFreeAddresses(tx, users.map(({ email }) => email));
  await deleteLettersOf(tx, ids, addresses);
  await eraseInvitations(tx, ids, addresses);
  await deleteImportRowsOf(tx, addresses);
  await eraseAuditAddresses(tx, addresses);
  await forgetDeleters(tx, ids);
  await deleteUndoEntriesOf(tx, ids);
  await auditAll(tx, actor, "erase_user", ids.map((id) => ({ id, username: `user ${id}` })));
  await insertJobs(tx, ids.map((user_id) => ({ kind: "erase_trail", user_id })));
}

/** Takes an erased user out of the next entries of the audit trail. */
export const eraseTrail: JobStep = {
  name: "eraseTrail",
  async run(tx, { user_id }) {
    if (user_id === null) return;
    const found = await eraseAuditEvents(tx, user_id, TRAIL_BATCH);
    if (found === TRAIL_BATCH) await insertJobs(tx, [{ kind: "erase_trail", user_id }]);
  },
};
