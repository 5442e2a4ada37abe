import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { wordsOf } from "@/lib/mail/letters.ts";
import { deleteJobs, type Job, listJobs, lockJobById, renewJob } from "@/lib/repo/jobs.ts";
import { findUserByEmail, findUserById, lockUserById } from "@/lib/repo/users.ts";
import type { AuditAction, PermittedAction } from "@/lib/shared/actions.ts";
import type { Values } from "@/lib/shared/form.ts";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import { oneTimeOf } from "@/lib/shared/one_time.ts";
import type { idPageForm } from "@/lib/shared/list_forms.ts";
import type { EmailListView, EmailState, EmailView } from "@/lib/shared/operation_views.ts";
import type { Actor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { makeSecret, payloadOf, readyLetter } from "./letter_delivery.ts";
import { subjectOf, titleOf } from "./letters.ts";
import { minutesFromNow } from "./one_time.ts";

/** The link of an e-mail, which only this answer has. */
export interface CopiedLink {
  readonly email: string;
  readonly link: string;
  /** How long it works. */
  readonly minutes: number;
}

/**
 * Lists the e-mails that are not sent yet, newest first.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`
 */
export async function listEmailPage(
  { db }: Services,
  actor: Actor,
  query: Values<typeof idPageForm>,
): Promise<EmailListView> {
  authorise(actor, "list_emails");
  const limit = PAGE_SIZE_DEFAULT;
  const { rows, next, previous } = await listJobs(db, "letter", { ...query, limit });
  return { emails: rows.map(emailView), next, previous };
}

/**
 * Has an e-mail tried again soon. One that has expired is worth sending as long as a new one.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`, `email_not_found`,
 * `email_being_sent`, `email_too_old`
 */
export async function sendEmailAgain(
  services: Services,
  actor: Actor,
  id: number,
): Promise<void> {
  authorise(actor, "send_email_again");
  await changeEmail(services, actor, "send_email_again", id, async (tx, job) => {
    requireUse(job);
    const minutes = subjectOf(payloadOf(job).about).minutes;
    await renewJob(tx, job.id, isExpired(job) ? minutesFromNow(minutes) : job.expires_at);
  });
  services.jobs.wake("letter");
}

/**
 * Removes an e-mail, so that it is never sent.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`, `email_not_found`,
 * `email_being_sent`
 */
export async function discardEmail(services: Services, actor: Actor, id: number): Promise<void> {
  authorise(actor, "discard_email");
  await changeEmail(services, actor, "discard_email", id, (tx) => deleteJobs(tx, [id]));
}

/**
 * Makes the link of an e-mail, for an admin who brings it to the recipient some other way. The
 * e-mail is not sent any more. An admin who has a link could take over the account, so this needs a
 * proof, and there is no link to the account of an admin.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`, `step_up_required`,
 * `email_not_found`, `email_being_sent`, `email_too_old`, `email_without_link`, `email_of_admin`
 */
export async function copyEmailLink(
  services: Services,
  actor: UserActor,
  id: number,
): Promise<CopiedLink> {
  authorise(actor, "copy_email_link");
  return await changeEmail(services, actor, "copy_email_link", id, async (tx, job) => {
    requireUse(job);
    const copied = await linkOf(services, tx, job);
    await deleteJobs(tx, [id]);
    return copied;
  });
}

async function linkOf({ settings }: Services, tx: Tx, job: Job): Promise<CopiedLink> {
  const ready = await readyLetter(tx, settings, job);
  const kind = ready.letter && wordsOf(ready.letter).oneTime;
  if (kind === undefined) throw new DomainError("email_without_link");
  const user = ready.user && await lockUserById(tx, ready.user.id);
  if (user?.role === "admin") throw new DomainError("email_of_admin");
  const { path, linkMinutes: minutes } = oneTimeOf(kind);
  const secret = await makeSecret(tx, kind, ready, minutesFromNow(minutes));
  if (!secret) throw new DomainError("email_without_link");
  const { to: email } = ready.payload;
  return { email, link: `${settings.appUrl}${path}?token=${secret.token}`, minutes };
}

/** Changes an e-mail that no process is sending, and records who did. */
async function changeEmail<T>(
  { db }: Services,
  actor: Actor,
  action: AuditAction & PermittedAction,
  id: number,
  change: (tx: Tx, job: Job) => Promise<T>,
): Promise<T> {
  return await inTransaction(db, async (tx) => {
    const job = await lockJobById(tx, "letter", id);
    await confirmSession(tx, actor, action);
    if (!job) throw new DomainError("email_not_found");
    if (isBeingSent(job)) throw new DomainError("email_being_sent");
    const { to, about } = payloadOf(job);
    const user = job.user_id === null
      ? await findUserByEmail(tx, to)
      : await findUserById(tx, job.user_id);
    const changed = await change(tx, job);
    await audit(tx, actor, action, user ?? { id: null, username: to }, { email: id, about });
    return changed;
  });
}

function requireUse(job: Job): void {
  if (!isOfUse(job)) throw new DomainError("email_too_old");
}

/**
 * The link of a registration sets the password that was chosen then. Somebody else may have
 * registered the address since, so an old one stays dead.
 */
function isOfUse(job: Job): boolean {
  return !isExpired(job) || payloadOf(job).passwordHash === undefined;
}

function isExpired({ expires_at }: Job): boolean {
  return expires_at !== null && expires_at.getTime() <= Date.now();
}

function isBeingSent({ leased_until }: Job): boolean {
  return leased_until !== null && leased_until.getTime() > Date.now();
}

/** The fields of a waiting e-mail that may leave the server. */
export function emailView(job: Job): EmailView {
  const { to, about } = payloadOf(job);
  const expires = job.expires_at?.toISOString() ?? null;
  return {
    email_id: job.id,
    to,
    title: titleOf(about),
    state: stateOf(job),
    reason: job.last_error,
    attempts: job.attempts,
    created_at: job.created_at.toISOString(),
    next_at: isExpired(job) ? null : job.run_at.toISOString(),
    expires_at: expires,
    has_link: subjectOf(about).hasLink ?? false,
    is_of_use: isOfUse(job),
  };
}

function stateOf(job: Job): EmailState {
  if (isExpired(job)) return "expired";
  if (isBeingSent(job)) return "sending";
  return job.last_error === null ? "waiting" : "failed";
}
