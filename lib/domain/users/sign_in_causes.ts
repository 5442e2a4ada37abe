import { clientOfAddress } from "@/lib/domain/rate_limit.ts";
import { guessesBlockedFor } from "@/lib/domain/accounts/guesses.ts";
import { hasPassword } from "@/lib/domain/accounts/passwords.ts";
import { passkeyOrigin } from "@/lib/domain/accounts/passkey_proof.ts";
import {
  type DueFactor,
  policyCovers,
  policyStart,
} from "@/lib/domain/accounts/two_factor_policy.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { AuditEvent } from "@/lib/repo/audit_events.ts";
import type { UserWithMeans } from "@/lib/repo/persons.ts";
import { hasSharedName, isLocked, type User } from "@/lib/repo/users.ts";
import type { PressedAction } from "@/lib/shared/actions.ts";
import type { SignInCause } from "@/lib/shared/person.ts";
import { timeInWords } from "@/lib/shared/time_words.ts";

/** What decides whether a user can sign in. */
export interface SignInFacts {
  readonly user: UserWithMeans;
  readonly hasPassword: boolean;
  /** Whether there is a passkey that works here. */
  readonly hasPasskey: boolean;
  /** For how long nobody may try the password of this name. */
  readonly guessesBlockedSeconds: number;
  /** The network of the last failed sign-in, if it is blocked, and for how long. */
  readonly blockedNetwork: { readonly ip: string; readonly seconds: number } | undefined;
  /** The second factor that the policy asks for and the user does not have. */
  readonly dueFactor: DueFactor | undefined;
  /** Whether an admin has made the password stop working. */
  readonly passwordWasDemanded: boolean;
  readonly mustConfirm: boolean;
}

interface Cause {
  readonly prevents: boolean;
  readonly mends: readonly PressedAction[];
  /** Says it in a sentence if it is so. */
  find(facts: SignInFacts): string | undefined;
}

const isSuspended = ({ user: { status, suspended_until: until } }: SignInFacts) =>
  status === "suspended" && (until === null || until > new Date());

const reasonOf = ({ status_reason }: User) => status_reason ?? "no reason was given";

const minutes = (seconds: number) => {
  const count = Math.ceil(seconds / 60);
  return count === 1 ? "a minute" : `${count} minutes`;
};

/**
 * Why a user cannot sign in, or not as they expect, and what mends it. The page of the user and
 * `deno task users why` have the same words.
 */
const CAUSES = {
  suspended: {
    prevents: true,
    mends: ["activate_user"],
    find: (facts) =>
      isSuspended(facts) && facts.user.suspended_until === null
        ? `The account is suspended until somebody activates it (${reasonOf(facts.user)})`
        : undefined,
  },
  suspended_until: {
    prevents: true,
    mends: ["activate_user"],
    find: (facts) =>
      isSuspended(facts) && facts.user.suspended_until !== null
        ? `The account is suspended until ${timeInWords(facts.user.suspended_until, "minute")} ` +
          `(${reasonOf(facts.user)})`
        : undefined,
  },
  locked: {
    prevents: true,
    mends: ["unlock_user", "send_password_reset"],
    find: ({ user }) =>
      isLocked(user)
        ? `The account is locked until ${timeInWords(user.locked_until!, "minute")} after ` +
          `${user.failed_logins} failed sign-ins, except in browsers that the user has signed in ` +
          "with before: wait, or unlock it"
        : undefined,
  },
  guessed: {
    prevents: true,
    mends: ["unlock_user"],
    find: ({ guessesBlockedSeconds: seconds }) =>
      seconds > 0
        ? "Too many sign-ins with this name have failed, so that the next one from an unknown " +
          `browser is possible in ${minutes(seconds)}`
        : undefined,
  },
  code_locked: {
    prevents: true,
    mends: ["unlock_user", "reset_two_factor"],
    find: ({ user: { code_locked_seconds: seconds } }) =>
      seconds > 0
        ? "After wrong codes at the second step the next code is taken in " + minutes(seconds)
        : undefined,
  },
  unconfirmed: {
    prevents: true,
    mends: ["send_confirmation", "confirm_email"],
    find: ({ mustConfirm, user }) =>
      mustConfirm
        ? `The address ${user.email} is not confirmed: the user has to open the link in the e-mail`
        : undefined,
  },
  password_demanded: {
    prevents: true,
    mends: ["send_password_reset"],
    find: ({ hasPassword, passwordWasDemanded, hasPasskey }) =>
      !hasPassword && passwordWasDemanded && !hasPasskey
        ? "An admin has demanded a new password: the user has to choose one with the link in the " +
          "e-mail"
        : undefined,
  },
  no_password: {
    prevents: true,
    mends: ["send_password_reset"],
    find: ({ hasPassword, passwordWasDemanded, hasPasskey }) =>
      !hasPassword && !passwordWasDemanded && !hasPasskey
        ? "The account has no password: the user has to set a new one"
        : undefined,
  },
  passkey_only: {
    prevents: false,
    mends: ["send_password_reset"],
    find: ({ hasPassword, hasPasskey }) =>
      !hasPassword && hasPasskey
        ? "The account has no password: only a passkey signs the user in"
        : undefined,
  },
  second_factor: {
    prevents: false,
    mends: ["reset_two_factor"],
    find: ({ user: { two_factor_since, code_locked_seconds } }) =>
      two_factor_since !== null && code_locked_seconds === 0
        ? "A code is asked for after the password: without authenticator and recovery codes the " +
          "user cannot give one"
        : undefined,
  },
  factor_due: {
    prevents: false,
    mends: [],
    find: ({ dueFactor }) =>
      dueFactor &&
      (dueFactor.isOver
        ? "TWO_FACTOR asks the user for a second factor, and there is none: after the sign-in " +
          "they can only set one up"
        : "TWO_FACTOR asks the user for a second factor from " +
          `${timeInWords(dueFactor.from, "minute")} on, and there is none yet`),
  },
  network_blocked: {
    prevents: false,
    mends: [],
    find: ({ blockedNetwork: blocked }) =>
      blocked &&
      `Too many sign-ins have failed from ${blocked.ip}, as the user's last one did: the next one ` +
        `from there is possible in ${minutes(blocked.seconds)}`,
  },
  shared_name: {
    prevents: false,
    mends: ["edit_user"],
    find: ({ user }) =>
      hasSharedName(user)
        ? `An earlier user has the same name: this user signs in only with ${user.email}`
        : undefined,
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** Returns what holds for a user. */
export function causesOf(facts: SignInFacts): SignInCause[] {
  return Object.entries(CAUSES).flatMap(([cause, { prevents, mends, find }]) => {
    const text = find(facts);
    return text === undefined ? [] : [{ cause, text, prevents, mends }];
  });
}

/** Finds out what decides whether a user can sign in. */
export async function signInFacts(
  services: Services,
  user: UserWithMeans,
  /** Newest first. */
  events: readonly AuditEvent[],
): Promise<SignInFacts> {
  const { settings } = services;
  const hasPasskey = passkeyOrigin(settings) !== undefined && user.passkeys > 0;
  const hasFactor = user.two_factor_since !== null || hasPasskey;
  const lacksFactor = policyCovers(services, user.role) && !hasFactor;
  return {
    user,
    hasPassword: hasPassword(services, user),
    hasPasskey,
    guessesBlockedSeconds: await guessesBlockedFor(services, user),
    blockedNetwork: await findBlockedNetwork(services, events),
    dueFactor: lacksFactor ? policyStart(services) : undefined,
    passwordWasDemanded: events.some(({ action }) => action === "demand_password"),
    mustConfirm: settings.emailVerification === "required" && user.email_verified_at === null,
  };
}

async function findBlockedNetwork({ db, limits }: Services, events: readonly AuditEvent[]) {
  const ip = events.find(({ action }) => action === "sign_in_failed")?.ip;
  if (!ip) return undefined;
  const seconds = await limits.failedSignIns.secondsLeft([clientOfAddress(ip)], db);
  return seconds > 0 ? { ip, seconds } : undefined;
}
