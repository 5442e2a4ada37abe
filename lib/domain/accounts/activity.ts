import { inTransaction } from "@/lib/db/transaction.ts";
import { type AuditEvent, listAuditEventsOfUser } from "@/lib/repo/audit_events.ts";
import { listActiveAdminEmails } from "@/lib/repo/admins.ts";
import { lockUserById } from "@/lib/repo/users.ts";
import { unseenActions } from "@/lib/shared/actions.ts";
import { actorInWords, eventOfUser, isOpenToAll } from "@/lib/shared/audit_words.ts";
import type { Values } from "@/lib/shared/form.ts";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import type { idPageForm } from "@/lib/shared/list_forms.ts";
import type { ActivityEvent, ActivityView } from "@/lib/shared/account_views.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { offerUndo } from "@/lib/domain/users/undo.ts";
import type { Services } from "@/lib/domain/services.ts";
import { postLetters } from "./letters.ts";
import { revokeAccess } from "./trust.ts";

/**
 * Lists what happened to the actor's account: sign-ins, failed ones, and changes by anybody.
 *
 * @throws {DomainError} `forbidden`
 */
export async function listOwnActivity(
  { db }: Services,
  actor: UserActor,
  query: Values<typeof idPageForm>,
): Promise<ActivityView> {
  authorise(actor, "see_activity", actor.userId);
  const { rows, next, previous } = await listAuditEventsOfUser(db, actor.userId, {
    ...query,
    limit: PAGE_SIZE_DEFAULT,
    without: unseenActions(),
  });
  const view = (event: AuditEvent) => activityEvent(event, actor.userId);
  return { events: offerUndo(actor, rows, view), next, previous };
}

/** Admins who are told of a report. */
const MAX_TOLD = 20;

/**
 * Ends the actor's other sessions and all their API keys, and forgets their browsers, because they do
 * not recognise something that was done with their account. Other admins get an e-mail, once a day.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function disownActivity(
  { db, jobs, limits }: Services,
  actor: UserActor,
): Promise<void> {
  authorise(actor, "disown_activity", actor.userId);
  const { userId, username, sessionId } = actor;
  const tells = await limits.reports.tryTake(String(userId));
  await inTransaction(db, async (tx) => {
    await lockUserById(tx, userId);
    await confirmSession(tx, actor, "disown_activity", userId);
    await revokeAccess(tx, [userId], sessionId);
    await audit(tx, actor, "disown_activity", { id: userId, username });
    const admins = tells ? await listActiveAdminEmails(tx, userId, MAX_TOLD) : [];
    await postLetters(tx, actor, admins.map((to) => ({ about: "disowned", to, userId })));
  });
  jobs.wake("letter");
}

/** How many entries {@linkcode ownHistory} reads at a time. */
const HISTORY_PORTION = 200;

/** Reads everything that happened to the actor's account, newest first, without names of others. */
export async function* ownHistory(
  { db }: Services,
  { userId }: UserActor,
): AsyncGenerator<readonly ActivityEvent[]> {
  let after: number | null | undefined;
  while (after !== null) {
    const { rows, next } = await listAuditEventsOfUser(db, userId, {
      limit: HISTORY_PORTION,
      after,
      without: unseenActions(),
    });
    yield rows.map((event) => activityEvent(withoutOthers(event, userId), userId));
    after = next;
  }
}

function withoutOthers(event: AuditEvent, userId: number): AuditEvent {
  const { actor_id, actor_name, real_actor_name } = event;
  return {
    ...event,
    actor_name: actor_id === null || actor_id === userId ? actor_name : "an admin",
    real_actor_name: real_actor_name && "an admin",
  };
}

/** Users know nothing of tasks. Usernames have no spaces. */
function othersName({ actor_name: name }: AuditEvent): string {
  return name.startsWith("task ") ? "an operator" : name;
}

/** An admin's browser and address are not shown, nor who else was signed in to a browser. */
function activityEvent(event: AuditEvent, userId: number): ActivityEvent {
  const { id, at, action, browser, ip } = event;
  const { real_actor_name: real_actor } = event;
  const isOwn = event.actor_id === userId && real_actor === null;
  const isOpen = isOpenToAll(action);
  const actor = isOpen
    ? "anonymous"
    : event.actor_id === userId
    ? actorInWords({ actor: "you", real_actor })
    : othersName(event);
  const words = eventOfUser({ action, actor, ip: null });
  return {
    id,
    at: at.toISOString(),
    action,
    text: words.charAt(0).toUpperCase() + words.slice(1),
    ...(isOwn || isOpen ? { browser, ip } : { browser: null, ip: null }),
  };
}
