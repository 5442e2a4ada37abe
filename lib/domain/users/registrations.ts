import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteHeldUsername,
  findEndedHolds,
  type HeldUsername,
} from "@/lib/repo/held_usernames.ts";
import { lockUserById, NOBODY } from "@/lib/repo/users.ts";
import { REGISTRATIONS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";
import { changeOne } from "./change_user.ts";
import { deleteUnannounced } from "./remove_user.ts";

const MAINTENANCE: TaskActor = { kind: "task", name: "maintenance" };

/**
 * Ends up to `limit` registrations whose address nobody has confirmed in
 * {@linkcode REGISTRATIONS_KEPT_DAYS} days, so that their usernames are free again. An account that
 * came of one is deleted, unless somebody has used or changed it. Returns how many registrations.
 */
export async function purgeRegistrations(services: Services, limit: number): Promise<number> {
  const holds = await findEndedHolds(services.db, REGISTRATIONS_KEPT_DAYS, limit);
  for (const hold of holds) await endRegistration(services, hold);
  services.jobs.wake("user_deleted");
  return holds.length;
}

async function endRegistration(services: Services, { id, user_id }: HeldUsername): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    const user = await lockUserById(tx, user_id ?? NOBODY);
    const isWaiting = user?.email_verified_at === null && user.last_login_at === null &&
      user.role === "user";
    if (user && isWaiting) {
      const means = { actor: MAINTENANCE, services };
      await changeOne(tx, deleteUnannounced, user, { user_id: user.id }, means);
    }
    await deleteHeldUsername(tx, id);
  });
}
