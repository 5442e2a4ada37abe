import { type AuditEvent, listRecentAuditEvents } from "@/lib/repo/audit_events.ts";
import { findUserWithMeans, type UserWithMeans } from "@/lib/repo/persons.ts";
import type { User } from "@/lib/repo/users.ts";
import type { AuditView } from "@/lib/shared/views.ts";
import type { SignInCause } from "@/lib/shared/person.ts";
import { DORMANCY_NOTICE_DAYS } from "@/lib/shared/limits.ts";
import { timeInWords } from "@/lib/shared/time_words.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { actorInWords } from "@/lib/shared/audit_words.ts";
import { auditView } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { causesOf, type SignInFacts, signInFacts } from "./sign_in_causes.ts";

/** Why a user can or cannot sign in. */
export interface SignInAdvice {
  readonly can_sign_in: boolean;
  /** What prevents a sign-in, or may surprise the user. */
  readonly causes: readonly SignInCause[];
  /** Other useful facts. */
  readonly remarks: readonly string[];
}

/** The same with what has happened. */
export interface SignInExplanation extends SignInAdvice {
  /** The latest audit entries about the user, newest first. */
  readonly events: readonly (AuditView & { readonly ip: string | null })[];
}

const RECENT_EVENTS = 10;

/**
 * Explains what would happen if a user signed in now with the right password or a passkey.
 *
 * @throws {DomainError} `user_not_found`
 */
export async function explainSignIn(
  services: Services,
  _actor: TaskActor,
  userId: number,
): Promise<SignInExplanation> {
  const { db } = services;
  const user = await findUserWithMeans(db, userId);
  if (!user) throw new DomainError("user_not_found");
  const events = await listRecentEvents(services, userId);
  return {
    ...adviseOnSignIn(services, await signInFacts(services, user, events)),
    events: events.map((event) => {
      const view = auditView(event);
      return { ...view, actor: actorInWords(view), ip: event.ip };
    }),
  };
}

/** Lists what has happened to a user of late, newest first. */
export function listRecentEvents({ db }: Services, userId: number): Promise<AuditEvent[]> {
  return listRecentAuditEvents(db, { limit: RECENT_EVENTS, targetId: userId });
}

/** Says what keeps a user from signing in. */
export function adviseOnSignIn(services: Services, facts: SignInFacts): SignInAdvice {
  const { user } = facts;
  const causes = causesOf(facts);
  return {
    can_sign_in: !causes.some(({ prevents }) => prevents),
    causes,
    remarks: [
      ...remarksOn(services, user),
      ...namesRemark(user),
      ...passkeysRemark(user),
      ...dormancyRemark(services, user),
    ],
  };
}

function namesRemark({ former_names: names }: UserWithMeans): string[] {
  return names.length === 0 ? [] : [`Earlier names that sign in, too: ${names.join(", ")}`];
}

function passkeysRemark({ passkeys }: UserWithMeans): string[] {
  return passkeys === 0 ? [] : [`Passkeys that sign in, too: ${passkeys}`];
}

function dormancyRemark({ settings }: Services, { status, warned_at }: UserWithMeans): string[] {
  if (settings.dormantAfterDays === undefined || status !== "active") return [];
  return warned_at === null ? [] : [
    `Dormant: an e-mail of ${timeInWords(warned_at, "day")} says that the account is ` +
    `suspended after ${DORMANCY_NOTICE_DAYS.first} days without a sign-in`,
  ];
}

function remarksOn({ settings, passwords }: Services, user: User): string[] {
  const remarks = [
    user.last_login_at === null
      ? "The user has never signed in here"
      : `The last sign-in was on ${timeInWords(user.last_login_at, "minute")}`,
  ];
  if (user.failed_logins > 0) {
    const { loginFailureLimit: limit, loginFailurePolicy: policy } = settings;
    const counted = `Failed sign-ins since then: ${user.failed_logins}`;
    remarks.push(`${counted}; from ${limit} on, each one ${policy}s the account`);
  }
  if (passwords.schemeOf(user.password_hash) && passwords.isOutdated(user.password_hash)) {
    remarks.push("The password hash is an imported one and is replaced at the next sign-in");
  }
  return remarks;
}
