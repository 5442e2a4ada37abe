import type { Action } from "./action.ts";
import { ACCOUNTS } from "./actions/accounts.ts";
import { LABELS } from "./actions/labels.ts";
import { OPERATION } from "./actions/operation.ts";
import { SECURITY } from "./actions/security.ts";
import { USERS } from "./actions/users.ts";
import { type Form, type Parsed, parseForm, type Texts, type Values } from "./form.ts";
import { userIdForm } from "./user_forms.ts";

/**
 * Every action, once, by subject. Permissions, the audit trail, messages, forms, routes and `deno
 * task users` follow from this table. `lib/domain/users/user_actions.ts` says how an action is done.
 */
export const ACTIONS = { ...USERS, ...SECURITY, ...LABELS, ...ACCOUNTS, ...OPERATION };

type Table = typeof ACTIONS;

/** Names an action. */
export type ActionName = keyof Table;

/** The names of the actions that have a part, such as a sentence in the audit trail. */
type Having<Part> = { [A in ActionName]: Table[A] extends Part ? A : never }[ActionName];

/** Something that not everybody may do. */
export type PermittedAction = Having<{ by: string }>;

/** Something that is in the audit trail. */
export type AuditAction = Having<{ trail: string }>;

/** Something that is done to a user by their id. */
export type UserAction = Having<{ task: object }>;

/** Something that can be done to many users at once. */
export type BulkAction = Having<{ task: object; bulk: true }>;

/** Something that a page or modal asks about first. */
export type AskedAction = Having<{ ask: object }>;

/** Something that a button does at once. */
export type PressedAction = Having<{ button: object; route: object }>;

/** The fields of an action's form. */
type FormOf<A extends ActionName> = Table[A] extends { form: infer F extends Form } ? F
  : Record<never, never>;

/** The input of an action: the user's id and the values of its form. */
export type ActionInput<A extends ActionName> = { readonly user_id: number } & Values<FormOf<A>>;

/** Returns the fields of a request for an action. */
export function requestForm(name: ActionName): Form {
  return { ...userIdForm, ...actionOf(name).form };
}

/** Reads a request for an action. */
export function readRequest<A extends ActionName>(name: A, texts: Texts): Parsed<ActionInput<A>> {
  return parseForm(requestForm(name), texts) as Parsed<ActionInput<A>>;
}

/** Looks an action up. */
export function actionOf(name: ActionName): Action {
  return ACTIONS[name];
}

/** Actions that users do not see in their own history. */
export function unseenActions(): ActionName[] {
  return actionsWith(({ forAdmins }) => forAdmins);
}

/** Returns the names of the actions for which `is` holds, in the order of the table. */
export function actionsWith<A extends ActionName>(is: (action: Action) => unknown): A[] {
  return (Object.keys(ACTIONS) as A[]).filter((name) => is(actionOf(name)));
}

/** Returns the hidden fields of an action's form, besides the user's id. */
export function requestFields(name: AskedAction | PressedAction): Record<string, string> {
  const { method, fields } = actionOf(name).route!;
  return { _method: method, ...fields };
}
