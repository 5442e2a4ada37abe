import { type ActionName, actionOf, type ACTIONS, actionsWith } from "./actions.ts";
import { CONTROL_CHARACTERS } from "./fields.ts";
import { FULL_NAME_MAX_CHARS } from "./limits.ts";
import type { UndoTarget } from "./views.ts";
import { fill } from "./words.ts";

/** Names a message about an action, and its variant if there are several: `edit_user.own`. */
export type FlashCode = {
  [A in ActionName]: typeof ACTIONS[A] extends { done: infer Done }
    ? Done extends string ? A : `${A}.${keyof Done & string}`
    : never;
}[ActionName];

/** Returns the message about an action to a user, which may have been the own account. */
export function doneCode(action: ActionName, own: boolean): FlashCode {
  const { done } = actionOf(action);
  return (typeof done === "string" ? action : `${action}.${own ? "own" : "other"}`) as FlashCode;
}

/** The messages about the previous request. `{name}` is the user. */
const MESSAGES: ReadonlyMap<string, string> = new Map(
  actionsWith(({ done }) => done !== undefined).flatMap((action) => {
    const { done = {} } = actionOf(action);
    if (typeof done === "string") return [[action, done]];
    return Object.entries(done).map(([way, words]) => [`${action}.${way}`, words]);
  }),
);

/**
 * A message about the previous request. It is a code, so that a cookie cannot contain another text.
 */
export interface Flash {
  readonly code: FlashCode;
  /** The user it is about. */
  readonly name?: string;
  /** What can be taken back. */
  readonly undo?: UndoTarget;
}

/** Returns the text of a message. */
export function flashText({ code, name = "The user" }: Flash): string {
  return fill(MESSAGES.get(code)!, { name });
}

/** Returns the message as the value of a cookie. */
export function writeFlash({ code, name, undo }: Flash): string {
  const start = undo === undefined ? code : `${code}@${undo.user_id}-${undo.entry}`;
  return name === undefined ? start : `${start}:${name}`;
}

/** Reads the message in a cookie, if it is one. */
export function readFlash(cookie: string | undefined): Flash | undefined {
  const [, code = "", user_id, entry, name] = COOKIE.exec(cookie ?? "") ?? [];
  if (!isFlashCode(code)) return undefined;
  return {
    code,
    ...(name !== undefined && isName(name) && { name }),
    ...(entry !== undefined && { undo: { user_id: Number(user_id), entry: Number(entry) } }),
  };
}

const COOKIE = /^([\w.]+)(?:@(\d{1,15})-(\d{1,15}))?(?::(.*))?$/s;

function isFlashCode(text: string): text is FlashCode {
  return MESSAGES.has(text);
}

function isName(text: string): boolean {
  return text !== "" && [...text].length <= FULL_NAME_MAX_CHARS &&
    !CONTROL_CHARACTERS.line.test(text);
}
