/**
 * Users who have not signed in for `DORMANT_AFTER_DAYS`: two e-mails, then a suspension that can be
 * taken back like any other. Admins, and users whose API keys are in use, are left alone.
 */
import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteWarning,
  deleteWarnings,
  findUnwarnedUsers,
  findUsersToRemind,
  findUsersToSuspend,
  isUserDormant,
  markReminded,
  upsertWarnings,
} from "@/lib/repo/dormancy.ts";
import { lockUserById, type User } from "@/lib/repo/users.ts";
import { DORMANCY_NOTICE_DAYS } from "@/lib/shared/limits.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { audit, auditAll } from "@/lib/domain/audit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { changeOne } from "./change_user.ts";
import { suspendUsers } from "./update_status.ts";

/** A step for up to `limit` users. Returns how many it found. */
type Step = (services: Services, actor: TaskActor, limit: number) => Promise<number>;

/** The steps of a round. The last ones first, so that nobody takes two at a time. */
export const DORMANCY_STEPS: readonly Step[] = [suspendDormant, remindDormant, warnDormant];

/** Writes to users who would be suspended in 14 days. */
async function warnDormant(services: Services, actor: TaskActor, limit: number): Promise<number> {
  const { db, jobs, settings: { dormantAfterDays: days } } = services;
  // If the policy begins again, so does everybody's countdown.
  if (days === undefined) return await deleteWarnings(db, limit);
  const dormantDays = days - DORMANCY_NOTICE_DAYS.first;
  const found = await findUnwarnedUsers(db, dormantDays, limit);
  await inTransaction(db, async (tx) => {
    const warned = await upsertWarnings(tx, dormantDays, found.map(({ id }) => id));
    const users = found.filter(({ id }) => warned.has(id));
    const letters = users.map(({ id: userId, email: to }) =>
      ({ about: "dormant_first", to, userId }) as const
    );
    if (letters.length > 0) await postLetters(tx, actor, letters);
    await auditAll(tx, actor, "warn_dormant_user", users);
  });
  jobs.wake("letter");
  return found.length;
}

/** Writes again 3 days before. */
async function remindDormant(services: Services, actor: TaskActor, limit: number): Promise<number> {
  const { db, settings: { dormantAfterDays: days } } = services;
  if (days === undefined) return 0;
  const { first, last } = DORMANCY_NOTICE_DAYS;
  const found = await findUsersToRemind(db, first - last, limit);
  return await forEach(services, found, days - last, async (tx, user) => {
    if (!await markReminded(tx, user.id)) return;
    await postLetters(tx, actor, [{ about: "dormant_last", to: user.email, userId: user.id }]);
    await audit(tx, actor, "warn_dormant_user", user);
  });
}

async function suspendDormant(
  services: Services,
  actor: TaskActor,
  limit: number,
): Promise<number> {
  const { db, settings: { dormantAfterDays: days } } = services;
  if (days === undefined) return 0;
  const found = await findUsersToSuspend(db, DORMANCY_NOTICE_DAYS.last, limit);
  return await forEach(services, found, days, async (tx, user) => {
    // Taking this back starts another countdown for the user.
    if (!await deleteWarning(tx, user.id)) return;
    const input = { user_id: user.id, reason: `Not signed in for ${days} days`, until: undefined };
    await changeOne(tx, suspendUsers, user, input, { actor, services });
  });
}

/** Does `work` to those who are still dormant. The countdown of all others ends. */
async function forEach(
  { db, jobs }: Services,
  userIds: readonly number[],
  days: number,
  work: (tx: Tx, user: User) => Promise<void>,
): Promise<number> {
  for (const id of userIds) {
    await inTransaction(db, async (tx) => {
      const user = await lockUserById(tx, id);
      if (user && await isUserDormant(tx, id, days)) await work(tx, user);
      else await deleteWarning(tx, id);
    });
  }
  jobs.wake("letter");
  return userIds.length;
}
