import { CODE_ALPHABET } from "./one_time.ts";

/**
 * By what the user of a session was last proven. A trusted browser stands for the second factor, but
 * only to sign in.
 */
export type Proof = "password" | "totp" | "recovery_code" | "passkey" | "trusted_browser";

/** How long no code is asked for in a browser that its user trusts. */
export const TRUSTED_BROWSER_DAYS = 14;

/** Recovery codes that a user gets. */
export const RECOVERY_CODES = 10;

/** Characters of a recovery code: 80 bits, so that its hash tells nothing. */
export const RECOVERY_CODE_LENGTH = 16;

/** With this many recovery codes left or fewer, new ones are offered. */
export const FEW_RECOVERY_CODES = 3;

/** Digits of a code of an authenticator. */
const TOTP_DIGITS = 6;

/** Wrong codes after which a sign-in begins with the password again. */
export const CHALLENGE_MAX_TRIES = 5;

/** Wrong codes in a row, over several sign-ins, that lock the second step. */
export const SECOND_STEP_MAX_WRONG = 10;

/** How long the second step is locked. */
export const SECOND_STEP_LOCK_MINUTES = 15;

/** How fresh a proof of the user must be to open a page that changes how they sign in. */
export const PROOF_TO_OPEN_MINUTES = 5;

/** The same to send its form. */
export const PROOF_TO_SEND_MINUTES = 15;

/** Whether a code is one of an authenticator; all others are recovery codes. */
export function isTotpCode(code: string): boolean {
  return new RegExp(`^\\d{${TOTP_DIGITS}}$`).test(code);
}

/** Whether a code could be a recovery code. */
export function isRecoveryCode(code: string): boolean {
  return new RegExp(`^[${CODE_ALPHABET}]{${RECOVERY_CODE_LENGTH}}$`).test(code);
}

/** Writes a secret or a recovery code in groups of four, as people read it. */
export function inGroups(text: string, separator: string): string {
  return text.match(/.{1,4}/g)?.join(separator) ?? "";
}
