import { CONTROL_CHARACTERS } from "./fields.ts";
import { FULL_NAME_MAX_CHARS } from "./limits.ts";

/** What a page may say about the request before it; `{name}` is whom it was about. */
const FLASH_MESSAGES = {
  set_up: "Welcome! You are the first admin of this installation.",
  registered: "Welcome! Your account is ready, you can sign in now.",
  registered_verify: "Almost done: open the link that we have sent to your address.",
  welcome: "Welcome! Your account is ready, and you are signed in.",
  email_verified: "Your address is confirmed, you can sign in now.",
  signed_in: "You are signed in.",
  signed_out: "You are signed out.",
  password_changed: "Your password is changed and your other sessions are ended.",
  saved: "Your changes are saved.",
  user_saved: "The changes to {name} are saved.",
  saved_both: "Your changes are saved, and so are those that somebody else made in the meantime.",
  user_suspended: "{name} is suspended and signed out everywhere.",
  user_activated: "{name} is active.",
  user_deleted: "{name} is deleted.",
  user_restored: "{name} is back, with profile and picture.",
  account_deleted: "Your account is deleted.",
} as const;

/** Names one of the messages. */
export type FlashCode = keyof typeof FLASH_MESSAGES;

/** A message about the request before: a code, so that a cookie can say nothing else. */
export interface Flash {
  readonly code: FlashCode;
  /** The user it is about. */
  readonly name?: string;
}

/** The words of a message. */
export function flashText({ code, name = "The user" }: Flash): string {
  // A function, since `$&` in a name would mean something in a text.
  return FLASH_MESSAGES[code].replace("{name}", () => name);
}

/** The message as the value of a cookie. */
export function writeFlash({ code, name }: Flash): string {
  return name === undefined ? code : `${code}:${name}`;
}

/** The message in a cookie, if it is one. */
export function readFlash(cookie: string | undefined): Flash | undefined {
  const [, code = "", name] = /^(\w+)(?::(.*))?$/s.exec(cookie ?? "") ?? [];
  if (!isFlashCode(code)) return undefined;
  return name !== undefined && isName(name) ? { code, name } : { code };
}

function isFlashCode(text: string): text is FlashCode {
  return Object.hasOwn(FLASH_MESSAGES, text);
}

function isName(text: string): boolean {
  return text !== "" && [...text].length <= FULL_NAME_MAX_CHARS &&
    !CONTROL_CHARACTERS.line.test(text);
}
