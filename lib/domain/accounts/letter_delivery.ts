import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { letterHtml, letterText } from "@/lib/mail/letter_layout.tsx";
import { composeLetter, type LetterName, wordsOf } from "@/lib/mail/letters.ts";
import type { Mailer } from "@/lib/mail/mail.ts";
import { messageOf } from "@/lib/message_of.ts";
import { findDeletedUser } from "@/lib/repo/deleted_users.ts";
import type { OutsideWork } from "@/lib/repo/job_runner.ts";
import {
  findInvitationById,
  findOpenInvitation,
  setInvitationToken,
} from "@/lib/repo/invitations.ts";
import type { Job } from "@/lib/repo/jobs.ts";
import { hasNewerOneTimeToken } from "@/lib/repo/one_time_tokens.ts";
import { findUserByEmail, findUserById, lockUserById, type User } from "@/lib/repo/users.ts";
import { type OneTimeKind, oneTimeOf, readableCode } from "@/lib/shared/one_time.ts";
import type { Settings } from "@/lib/settings.ts";
import { type LetterPayload, subjectOf } from "./letters.ts";
import { issueOneTimeToken, type OneTimeSecret } from "./one_time.ts";

/** Longer than connecting to a mail server and sending takes at most. */
const LEASE_SECONDS = 120;

interface DeliveryParts {
  readonly db: Db;
  readonly mail: Mailer;
  readonly settings: Settings;
}

/** Sends e-mails when their turn comes. An e-mail that nobody needs any more is not sent. */
export function letterDelivery(
  parts: DeliveryParts,
): Pick<OutsideWork, "leaseSeconds" | "run" | "finish"> {
  return {
    leaseSeconds: LEASE_SECONDS,
    run: (job) => deliver(parts, job),
    finish: () => Promise.resolve(),
  };
}

/** The e-mail of a job, as it would be sent now. */
export interface ReadyLetter {
  readonly job: Job;
  readonly payload: LetterPayload;
  /** The user that it is for. */
  readonly user: User | undefined;
  /** The same, or what is kept of them if they are deleted by now. */
  readonly addressee: Pick<User, "id" | "username"> | undefined;
  /** `undefined` if nobody needs it any more. */
  readonly letter: LetterName | undefined;
}

/** Finds out which e-mail a job sends by now. */
export async function readyLetter(
  db: Db,
  settings: Pick<Settings, "mailUnknownAddresses">,
  job: Job,
): Promise<ReadyLetter> {
  const payload = payloadOf(job);
  const { about, to } = payload;
  const owner = await findUserByEmail(db, to);
  const user = job.user_id === null ? owner : await findUserById(db, job.user_id);
  const deleted = job.user_id === null || user ? undefined : await findDeletedUser(db, job.user_id);
  const addressee = user ?? (deleted && { id: deleted.user_id, username: deleted.username });
  const invitation = payload.invitation && await findOpenInvitation(db, payload.invitation);
  const letter = subjectOf(about).choose({ to, user, deleted, owner, invitation, settings });
  return { job, payload, user, addressee, letter };
}

/** Returns what a job says of its e-mail. */
export function payloadOf({ payload }: Pick<Job, "payload">): LetterPayload {
  return payload as unknown as LetterPayload;
}

async function deliver({ db, mail, settings }: DeliveryParts, job: Job): Promise<void> {
  const ready = await readyLetter(db, settings, job);
  const { payload, user, addressee, letter } = ready;
  if (letter === undefined) return;
  const { oneTime: kind } = wordsOf(letter);
  const secret = kind && await makeSecret(db, kind, ready, job.expires_at ?? new Date());
  if (kind && !secret) return;
  const invited = payload.invitation && await findInvitationById(db, payload.invitation.id);
  const code = secret?.code && readableCode(secret.code);
  const content = composeLetter(letter, {
    appName: settings.appName,
    appUrl: settings.appUrl,
    at: new Date(payload.at),
    browser: payload.browser,
    network: payload.network,
    username: addressee?.username,
    role: user?.role,
    inviter: invited?.invited_by_name,
    invited: invited?.email,
    ...secret,
    code,
  });
  try {
    await mail.send({
      to: payload.to,
      subject: content.subject,
      text: letterText(content),
      html: letterHtml(content),
      // The same at each attempt, so that mail programs show an e-mail once if a reply was lost.
      messageId: `<job-${job.id}-${job.created_at.getTime()}@${new URL(settings.appUrl).hostname}>`,
    });
  } catch (error) {
    throw new Error(without([secret?.token, code, settings.smtp?.account?.password], error));
  }
}

/** What a mail server answers may quote the link that it refuses. The log and admins read it. */
function without(secrets: readonly (string | undefined)[], error: unknown): string {
  return secrets.filter((secret) => secret !== undefined)
    .reduce((text, secret) => text.replaceAll(secret, "…"), messageOf(error));
}

/**
 * Makes the link of an e-mail. `undefined` if nobody may have it any more, or if a newer one was
 * sent: an e-mail that has waited for the mail server must not replace it.
 */
export async function makeSecret(
  db: Db,
  kind: OneTimeKind,
  { job, payload, addressee: user }: ReadyLetter,
  expiresAt: Date,
): Promise<OneTimeSecret | undefined> {
  const { to: email, passwordHash, invitation } = payload;
  if (invitation) {
    const token = randomToken();
    const isSet = await setInvitationToken(db, invitation, hashToken(token));
    return isSet ? { token, code: undefined } : undefined;
  }
  if (!user) return undefined;
  const askedAt = job.created_at;
  return await inTransaction(db, async (tx) => {
    // Of two e-mails at the same time, the second sees the link of the first.
    await lockUserById(tx, user.id);
    const newer = { kind, userId: user.id, than: askedAt };
    if (!oneTimeOf(kind).keepsOlder && await hasNewerOneTimeToken(tx, newer)) return undefined;
    return await issueOneTimeToken(tx, { kind, user, email, expiresAt, askedAt, passwordHash });
  });
}
