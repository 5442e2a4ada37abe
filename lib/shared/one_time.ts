import { DELETED_USERS_KEPT_DAYS } from "./limits.ts";

/** How long a sign-in waits for its second step. */
export const CHALLENGE_MINUTES = 10;

/** How long a passkey has time to sign. */
export const PASSKEY_MINUTES = 5;

/** How a kind of link that works once behaves. */
interface OneTime {
  /** The page that its link opens. */
  readonly path: string;
  /** How long the link works. */
  readonly linkMinutes: number;
  /** How long its code works, if it comes with one. */
  readonly codeMinutes?: number;
  /** Works even if the password was changed since. */
  readonly outlivesPassword?: true;
  /** Older ones of a user work, too. */
  readonly keepsOlder?: true;
  /**
   * Which address of the user must still be the one that it was sent to. Default: the address of the
   * account.
   */
  readonly boundTo?: "new_email" | "nothing";
  /** It is for a user who is deleted by then. */
  readonly ofDeleted?: true;
}

/** Every link and code that works once. */
export const ONE_TIME = {
  verify_email: { path: "/verify_email", linkMinutes: 24 * 60, codeMinutes: 15 },
  reset_password: { path: "/reset_password", linkMinutes: 30 },
  unlock_account: { path: "/unlock_account", linkMinutes: 24 * 60 },
  change_email: { path: "/change_email", linkMinutes: 24 * 60, boundTo: "new_email" },
  // A thief changes the address and the password of an account. Its owner gets it back by the oldest
  // of these links.
  undo_email_change: {
    path: "/undo_email_change",
    linkMinutes: 7 * 24 * 60,
    outlivesPassword: true,
    keepsOlder: true,
    boundTo: "nothing",
  },
  /** Kept with its invitation: nobody has an account yet. */
  invitation: { path: "/accept_invitation", linkMinutes: 7 * 24 * 60, boundTo: "nothing" },
  restore_account: {
    path: "/restore_account",
    linkMinutes: DELETED_USERS_KEPT_DAYS * 24 * 60,
    ofDeleted: true,
  },
  /** A sign-in whose password was right. It is in a cookie, and never mailed. */
  sign_in_challenge: { path: "/two_factor", linkMinutes: CHALLENGE_MINUTES },
  /** What a passkey signs: a new one, and one that proves its user. Never mailed either. */
  passkey_registration: { path: "/passkeys", linkMinutes: PASSKEY_MINUTES, boundTo: "nothing" },
  passkey_sign_in: { path: "/passkey_login", linkMinutes: PASSKEY_MINUTES, boundTo: "nothing" },
} as const satisfies Readonly<Record<string, OneTime>>;

/** Names a kind of link that works once. */
export type OneTimeKind = keyof typeof ONE_TIME;

/** Kinds that stop working when the password is changed. */
export const PASSWORD_BOUND_KINDS = (Object.keys(ONE_TIME) as OneTimeKind[])
  .filter((kind) => !oneTimeOf(kind).outlivesPassword);

/** Looks a kind up. */
export function oneTimeOf(kind: OneTimeKind): OneTime {
  return ONE_TIME[kind];
}

/** Wrong codes after which a code is dead. */
export const CODE_MAX_TRIES = 3;

/** Characters of a code. 0 and O, 1 and I look alike, so they are left out. */
export const CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** Characters of a code, without the hyphen. */
export const CODE_LENGTH = 8;

/** Writes a code in two groups, as people read it. */
export function readableCode(code: string): string {
  return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
}

/** Reads a code as people type it: in small letters, with spaces, or without the hyphen. */
export function plainCode(typed: string): string {
  return typed.replace(/[\s\-‐‑–]/g, "").toUpperCase();
}

/** Says how long something lasts, such as "30 minutes", "24 hours" or "7 days". */
export function lifeInWords(minutes: number): string {
  const [count, unit] = minutes % 60 > 0
    ? [minutes, "minute"]
    : minutes <= 24 * 60
    ? [minutes / 60, "hour"]
    : [minutes / (24 * 60), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
