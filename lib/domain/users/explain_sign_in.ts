import { listRecentAuditEvents } from "@/lib/repo/audit_events.ts";
import { countPasskeysOfUser } from "@/lib/repo/passkeys.ts";
import { findSecondFactor, isActive } from "@/lib/repo/second_factors.ts";
import { findUserById, hasSharedName, type User } from "@/lib/repo/users.ts";
import type { AuditView } from "@/lib/shared/views.ts";
import { hasFactor, policyCovers, policyStart } from "@/lib/domain/accounts/two_factor_policy.ts";
import { hasPassword } from "@/lib/domain/accounts/passwords.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { actorInWords } from "@/lib/shared/audit_words.ts";
import { auditView } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/** Why a user can or cannot sign in. */
export interface SignInExplanation {
  readonly can_sign_in: boolean;
  /** What prevents a sign-in. Empty if nothing does. */
  readonly obstacles: readonly string[];
  /** Other useful facts. */
  readonly remarks: readonly string[];
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
  const user = await findUserById(db, userId);
  if (!user) throw new DomainError("user_not_found");
  const events = await listRecentAuditEvents(db, { limit: RECENT_EVENTS, targetId: userId });
  const passkeys = await countPasskeysOfUser(db, userId);
  const obstacles = obstaclesOf(services, user, new Date());
  if (passkeys === 0 && !hasPassword(services, user)) {
    obstacles.push("The account has no password: the user has to set a new one");
  }
  return {
    can_sign_in: obstacles.length === 0,
    obstacles,
    remarks: [
      ...remarksOn(services, user),
      ...await secondStepRemarks(db, userId),
      ...(passkeys > 0 ? [`Passkeys that sign in, too: ${passkeys}`] : []),
      ...await policyRemarks(services, user),
    ],
    events: events.map((event) => {
      const view = auditView(event);
      return { ...view, actor: actorInWords(view), ip: event.ip };
    }),
  };
}

async function secondStepRemarks(db: Services["db"], userId: number): Promise<string[]> {
  const factor = await findSecondFactor(db, userId);
  if (!isActive(factor)) return [];
  return factor.locked_seconds > 0
    ? [`After wrong codes the next code is taken in ${factor.locked_seconds} seconds`]
    : ["A code is asked for after the password"];
}

/** What TWO_FACTOR asks of the user. */
async function policyRemarks(services: Services, { id, role }: User): Promise<string[]> {
  if (!policyCovers(services, role) || await hasFactor(services, id)) return [];
  const { from, isOver } = policyStart(services);
  return [
    isOver
      ? "TWO_FACTOR asks the user for a second factor, and there is none: after the sign-in they " +
        "can only set one up"
      : `TWO_FACTOR asks the user for a second factor from ${from.toISOString()} on, and there is ` +
        "none yet",
  ];
}

function obstaclesOf({ settings }: Services, user: User, now: Date): string[] {
  const { suspended_until: until, locked_until: locked } = user;
  const obstacles: string[] = [];
  if (user.status === "suspended" && (until === null || until > now)) {
    const end = until === null ? "until somebody activates it" : `until ${until.toISOString()}`;
    obstacles.push(
      `The account is suspended ${end} (${user.status_reason ?? "no reason was given"})`,
    );
  }
  if (locked !== null && locked > now) {
    obstacles.push(
      `The account is locked until ${locked.toISOString()} after ${user.failed_logins} failed ` +
        "sign-ins, except in browsers that the user has signed in with before: wait, or unlock it",
    );
  }
  if (settings.emailVerification === "required" && user.email_verified_at === null) {
    obstacles.push(
      `The address ${user.email} is not verified: the user has to open the mailed link`,
    );
  }
  return obstacles;
}

function remarksOn({ settings, passwords }: Services, user: User): string[] {
  const remarks = [
    user.last_login_at === null
      ? "The user has never signed in here"
      : `The last sign-in was at ${user.last_login_at.toISOString()}`,
  ];
  if (user.failed_logins > 0) {
    const { loginFailureLimit: limit, loginFailurePolicy: policy } = settings;
    const counted = `Failed sign-ins since then: ${user.failed_logins}`;
    remarks.push(`${counted}; from ${limit} on, each one ${policy}s the account`);
  }
  if (hasSharedName(user)) {
    remarks.push(`An earlier user has the same name: this user signs in only with ${user.email}`);
  }
  if (passwords.kindOf(user.password_hash) === "pbkdf2-sha512") {
    remarks.push("The password hash is an imported one and is replaced at the next sign-in");
  }
  return remarks;
}
