/** What a page may say about the request before it: codes, so that a cookie can say nothing else. */
export const FLASH_MESSAGES = {
  registered: "Welcome! Your account is ready, you can sign in now.",
  registered_verify: "Almost done: open the link that we have sent to your address.",
  email_verified: "Your address is confirmed, you can sign in now.",
  signed_in: "You are signed in.",
  signed_out: "You are signed out.",
  password_changed: "Your password is changed and your other sessions are ended.",
  saved: "Your changes are saved.",
  user_saved: "The changes are saved.",
  user_suspended: "The user is suspended and signed out everywhere.",
  user_activated: "The user is active.",
  user_deleted: "The user is deleted.",
  user_restored: "The user is back, with profile and picture.",
  account_deleted: "Your account is deleted.",
} as const;

/** Names one of the messages. */
export type FlashCode = keyof typeof FLASH_MESSAGES;

/** Whether a text names one of the messages. */
export function isFlashCode(text: string | undefined): text is FlashCode {
  return text !== undefined && Object.hasOwn(FLASH_MESSAGES, text);
}

/** A message on a page. */
export interface Flash {
  readonly kind: "success" | "error" | "info";
  readonly text: string;
}

/** The message that a code names; all of them tell of something that went well. */
export function flashOf(code: FlashCode): Flash {
  return { kind: "success", text: FLASH_MESSAGES[code] };
}
