import { browserName } from "@/lib/browser_name.ts";
import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { type LetterName, wordsOf } from "@/lib/mail/letters.ts";
import type { DeletedUser } from "@/lib/repo/deleted_users.ts";
import type { Invitation, InvitationLink } from "@/lib/repo/invitations.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { isLocked, type User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import { ONE_TIME } from "@/lib/shared/one_time.ts";
import type { Settings } from "@/lib/settings.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";
import { minutesFromNow } from "./one_time.ts";

/** News that is three days old is of little use. */
const NOTICE_MINUTES = 3 * 24 * 60;

/**
 * What an e-mail is about. Which one an address gets may depend on whether it has an account. That
 * is found out when the e-mail is sent, so that the request does the same work for every address.
 */
const SUBJECTS = {
  /** Somebody registered with an address. */
  registered: {
    title: "Confirmation of a new account",
    hasLink: true,
    pause: "verify_email",
    minutes: ONE_TIME.verify_email.linkMinutes,
    choose: ({ user }) => user && (user.email_verified_at ? "already_registered" : "verify_email"),
  },
  /** Somebody wants to confirm an address that has an account. */
  unverified: {
    title: "Confirmation of an address",
    hasLink: true,
    pause: "verify_email",
    minutes: ONE_TIME.verify_email.linkMinutes,
    choose: ({ user }) => user && !user.email_verified_at ? "verify_email" : undefined,
  },
  /** Somebody forgot the password of an account. */
  forgotten: {
    title: "Link for a new password",
    hasLink: true,
    pause: "reset_password",
    minutes: ONE_TIME.reset_password.linkMinutes,
    choose: ({ user, settings }) =>
      user
        ? user.status === "active" ? "reset_password" : "reset_suspended"
        : settings.mailUnknownAddresses
        ? "no_account"
        : undefined,
  },
  /** A user wants another address, which may belong to somebody else. */
  new_email: {
    title: "Confirmation of a new address",
    hasLink: true,
    minutes: ONE_TIME.change_email.linkMinutes,
    choose: ({ user, owner, to }) =>
      user?.new_email !== to ? undefined : owner ? "new_email_taken" : "confirm_new_email",
  },
  /** The same, for the old address. */
  email_moving: {
    title: "Notice of a new address",
    hasLink: true,
    minutes: ONE_TIME.undo_email_change.linkMinutes,
    choose: () => "email_moving",
  },
  /** An admin has changed an address: for both addresses. */
  email_changed: { minutes: NOTICE_MINUTES, choose: () => "email_changed" },
  /** An admin has invited an address, which may have an account. */
  invited: {
    title: "Invitation",
    hasLink: true,
    minutes: ONE_TIME.invitation.linkMinutes,
    choose: ({ invitation, owner }) => invitation && (owner ? "invited_has_account" : "invitation"),
  },
  /** For the admin who sent it. */
  invitation_accepted: { minutes: NOTICE_MINUTES, choose: () => "invitation_accepted" },
  /** Too many sign-ins failed. */
  locked: {
    title: "Link to unlock the account",
    hasLink: true,
    minutes: ONE_TIME.unlock_account.linkMinutes,
    choose: ({ user }) => user && isLocked(user) ? "account_locked" : undefined,
  },
  /** A user has reported activity that was not theirs: for admins. */
  disowned: { minutes: NOTICE_MINUTES, choose: ({ user }) => user && "activity_disowned" },
  new_sign_in: { minutes: NOTICE_MINUTES, choose: () => "new_sign_in" },
  password_changed: { minutes: NOTICE_MINUTES, choose: () => "password_changed" },
  role_changed: { minutes: NOTICE_MINUTES, choose: () => "role_changed" },
  suspended: { minutes: NOTICE_MINUTES, choose: () => "suspended" },
  /** A user has not signed in for long. */
  dormant_first: {
    minutes: NOTICE_MINUTES,
    choose: ({ user }) => user?.status === "active" ? "dormant_first" : undefined,
  },
  dormant_last: {
    minutes: NOTICE_MINUTES,
    choose: ({ user }) => user?.status === "active" ? "dormant_last" : undefined,
  },
  activated: { minutes: NOTICE_MINUTES, choose: () => "activated" },
  two_factor_on: { minutes: NOTICE_MINUTES, choose: () => "two_factor_on" },
  two_factor_off: { minutes: NOTICE_MINUTES, choose: () => "two_factor_off" },
  two_factor_reset: { minutes: NOTICE_MINUTES, choose: () => "two_factor_reset" },
  passkey_added: { minutes: NOTICE_MINUTES, choose: () => "passkey_added" },
  passkey_removed: { minutes: NOTICE_MINUTES, choose: () => "passkey_removed" },
  password_removed: { minutes: NOTICE_MINUTES, choose: () => "password_removed" },
  recovery_code_used: { minutes: NOTICE_MINUTES, choose: () => "recovery_code_used" },
  recovery_codes_new: { minutes: NOTICE_MINUTES, choose: () => "recovery_codes_new" },
  api_key_made: { minutes: NOTICE_MINUTES, choose: () => "api_key_made" },
  api_keys_ended: { minutes: NOTICE_MINUTES, choose: () => "api_keys_ended" },
  /** A user has left, or deleted the own account: the way back. */
  left: {
    minutes: ONE_TIME.restore_account.linkMinutes,
    choose: ({ deleted }) => deleted && "left",
  },
  /** Somebody else has deleted a user. */
  deleted: { minutes: NOTICE_MINUTES, choose: ({ deleted }) => deleted && "deleted" },
  /** Nothing is left of the user but this e-mail. */
  erased: { minutes: NOTICE_MINUTES, choose: () => "erased" },
  second_step_locked: { minutes: NOTICE_MINUTES, choose: () => "second_step_locked" },
} as const satisfies Readonly<Record<string, Subject>>;

interface Subject {
  /** What admins read who look after e-mails. Default: the subject of the e-mail. */
  readonly title?: string;
  /** Whether it may have a link that works once. */
  readonly hasLink?: true;
  /** Requests of one group for one address are a minute apart: e-mails take a while to arrive. */
  readonly pause?: string;
  /** How long it is worth sending. */
  readonly minutes: number;
  choose(facts: Addressed): LetterName | undefined;
}

/** What decides which e-mail is sent, as it is when it is sent. */
interface Addressed {
  readonly to: string;
  /** The user that the e-mail is for. */
  readonly user: User | undefined;
  /** The same if they are deleted by now. */
  readonly deleted: DeletedUser | undefined;
  /** The user who has the address. */
  readonly owner: User | undefined;
  /** The invitation, if the link that was asked for can still be made. */
  readonly invitation: Invitation | undefined;
  readonly settings: Pick<Settings, "mailUnknownAddresses">;
}

/** Names what an e-mail is about. */
export type LetterSubject = keyof typeof SUBJECTS;

/** Looks up what an e-mail is about. */
export function subjectOf(about: LetterSubject): Subject {
  return SUBJECTS[about];
}

/** Says in a few words what an e-mail is about. */
export function titleOf(about: LetterSubject): string {
  return subjectOf(about).title ?? wordsOf(about as LetterName).subject;
}

/** An e-mail to be sent. */
export interface NewLetter {
  readonly about: LetterSubject;
  readonly to: string;
  /** The addressee, if the e-mail is for that user whatever their address is by now. */
  readonly userId?: number;
  /** The password that the link sets, as a PHC string. */
  readonly passwordHash?: string;
  /** The invitation that it is about. */
  readonly invitation?: InvitationLink;
}

/** The part of a job that says what to send. Never a token: it is made when the e-mail is sent. */
export interface LetterPayload
  extends Pick<NewLetter, "about" | "to" | "passwordHash" | "invitation"> {
  readonly at: string;
  readonly browser?: string;
  readonly network?: string;
}

/**
 * Whether a stranger's request for an e-mail to an address is carried out. Rate-limited, because the
 * sender need not own the address.
 */
export async function mayRequestLetter(
  { limits }: Pick<Services, "limits">,
  letter: NewLetter,
): Promise<boolean> {
  return await limits.letterPauses.tryTake(pauseKey(letter)) &&
    await limits.letters.tryTake(emailKey(letter.to));
}

/** Sends an e-mail that a stranger may have asked for, unless there were too many. */
export async function requestLetter(
  services: Services,
  actor: Actor,
  letter: NewLetter,
): Promise<void> {
  if (await mayRequestLetter(services, letter)) await postRequested(services, actor, letter);
}

/**
 * The same for somebody who asks again.
 *
 * @throws {DomainError} `too_many_requests` within a minute of the last one.
 */
export async function requestLetterAgain(
  services: Services,
  actor: Actor,
  letter: NewLetter,
): Promise<void> {
  await services.limits.letterPauses.take(pauseKey(letter));
  if (await services.limits.letters.tryTake(emailKey(letter.to))) {
    await postRequested(services, actor, letter);
  }
}

/**
 * Counts an e-mail that an admin sends to any address.
 *
 * @throws {DomainError} `too_many_requests` within a minute of the last one, or if there were too
 * many.
 */
export async function requireLetterAllowance(
  { limits }: Pick<Services, "limits">,
  letter: NewLetter,
): Promise<void> {
  await limits.letterPauses.take(pauseKey(letter));
  await limits.letters.take(emailKey(letter.to));
}

function pauseKey({ about, to }: NewLetter): string {
  const { pause = about }: Subject = SUBJECTS[about];
  return `${pause} ${emailKey(to)}`;
}

async function postRequested(
  { db, jobs }: Services,
  actor: Actor,
  letter: NewLetter,
): Promise<void> {
  await inTransaction(db, (tx) => postLetters(tx, actor, [letter]));
  jobs.wake("letter");
}

/** Adds e-mails to the queue. After the commit, `jobs.wake("letter")` sends them at once. */
export async function postLetters(
  tx: Tx,
  actor: Actor,
  letters: readonly NewLetter[],
): Promise<void> {
  const origin = actor.kind === "task" ? {} : {
    browser: browserName(actor.source.userAgent),
    network: actor.source.ip,
  };
  await insertJobs(
    tx,
    letters.map(({ userId, ...letter }) => {
      const payload: LetterPayload = { ...letter, ...origin, at: new Date().toISOString() };
      return {
        kind: "letter",
        user_id: userId ?? null,
        payload: JSON.stringify(payload),
        expires_at: minutesFromNow(SUBJECTS[letter.about].minutes),
      };
    }),
  );
}
