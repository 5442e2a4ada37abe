import { type ActionName, actionOf, type ACTIONS, actionsWith } from "./actions.ts";
import { CONTROL_CHARACTERS } from "./fields.ts";
import { FULL_NAME_MAX_CHARS } from "./limits.ts";
import { fill } from "./words.ts";

/** Names what is said of an action, and which way it went where there are several: `edit_user.own`. */
export type FlashCode = {
  [A in ActionName]: typeof ACTIONS[A] extends { done: infer Done }
    ? Done extends string ? A : `${A}.${keyof Done & string}`
    : never;
}[ActionName];

/** What is said of an action to a user, which may have been the own account. */
export function doneCode(action: ActionName, own: boolean): FlashCode {
  const { done } = actionOf(action);
  return (typeof done === "string" ? action : `${action}.${own ? "own" : "other"}`) as FlashCode;
}

/** What a page may say about the request before it; `{name}` is whom it was about. */
const MESSAGES: ReadonlyMap<string, string> = new Map(
  actionsWith(({ done }) => done !== undefined).flatMap((action) => {
    const { done = {} } = actionOf(action);
    if (typeof done === "string") return [[action, done]];
    return Object.entries(done).map(([way, words]) => [`${action}.${way}`, words]);
  }),
);

/** A message about the request before: a code, so that a cookie can say nothing else. */
export interface Flash {
  readonly code: FlashCode;
  /** The user it is about. */
  readonly name?: string;
}

/** The words of a message. */
export function flashText({ code, name = "The user" }: Flash): string {
  return fill(MESSAGES.get(code)!, { name });
}

/** The message as the value of a cookie. */
export function writeFlash({ code, name }: Flash): string {
  return name === undefined ? code : `${code}:${name}`;
}

/** The message in a cookie, if it is one. */
export function readFlash(cookie: string | undefined): Flash | undefined {
  const [, code = "", name] = /^([\w.]+)(?::(.*))?$/s.exec(cookie ?? "") ?? [];
  if (!isFlashCode(code)) return undefined;
  return name !== undefined && isName(name) ? { code, name } : { code };
}

function isFlashCode(text: string): text is FlashCode {
  return MESSAGES.has(text);
}

function isName(text: string): boolean {
  return text !== "" && [...text].length <= FULL_NAME_MAX_CHARS &&
    !CONTROL_CHARACTERS.line.test(text);
}
