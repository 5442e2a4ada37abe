import { type Form, type Parsed, parseForm, type Texts, type Values } from "./form.ts";
import { DELETED_USERS_KEPT_DAYS } from "./limits.ts";
import { accountForm, statusForm, userIdForm } from "./user_forms.ts";
import type { UserListItem } from "./views.ts";
import type { Words } from "./words.ts";

/** Everything that the application knows of an action. */
export type Action =
  & Facts
  & (Internal | OnPage | AtOnce)
  & (Commanded | { readonly task?: undefined });

interface Facts {
  readonly by?: Permitted["by"];
  /** The fields of its form, besides the user that it is done to. */
  readonly form?: Form;
  /** Its sentence in the audit trail, of `{actor}` and `{user}`. It begins with the one who did it. */
  readonly trail?: string;
  /** The same from the user's side, where "was" and the words of the sentence do not fit. */
  readonly suffered?: string;
  /** The action that takes it back. */
  readonly undo?: string;
}

/** Not everybody may do it: only admins, or users to their own account as well. */
interface Permitted {
  readonly by: "admins" | "owner";
}

/** No request asks for it by the table, but a route of its own may. */
interface Internal {
  readonly route?: undefined;
  readonly ask?: undefined;
  readonly button?: undefined;
  /** What the next page says, of `{name}`; several texts where it may have gone several ways. */
  readonly done?: string | Readonly<Record<string, string>>;
}

/** A page in `routes/` answers the request, and may ask first. */
interface OnPage extends Permitted {
  readonly route: Route & { readonly page: true };
  readonly ask?: Question;
  readonly button?: Button;
  readonly done: string | Readonly<Record<"other" | "own", string> & Record<string, string>>;
}

/** The request names the user, and that is all: `actionRoutes()` answers it. */
interface AtOnce extends Commanded {
  readonly route: Route & { readonly page?: undefined };
  readonly ask?: undefined;
  readonly button?: Button;
  readonly done: OnPage["done"];
}

/** It is done to a user by their id, also by `deno task users`. */
interface Commanded extends Permitted {
  readonly task: Command;
}

/** The request that asks for an action. */
interface Route {
  readonly method: "PUT" | "DELETE";
  readonly path: string;
  /** Fields that always have the same value. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The page that is shown next, unless the request says which. Default `/user_list`. */
  readonly next?: string;
}

/** The texts of a form that asks before it does something to `{name}`. */
interface Question {
  readonly title: Words;
  readonly text: Words;
  /** On the button. */
  readonly submit: string;
}

/** A button that does it at once, in each row of the user list or of the deleted users. */
interface Button {
  readonly label: string;
  /** What stands beside it. */
  readonly note?: string;
  /** Shown only for users of whom this is true. */
  readonly when?: keyof UserListItem;
}

/** A line of `deno task users`. */
interface Command {
  readonly name: string;
  readonly help: string;
  /** Fields of the form that are words after the user's name. The others are options. */
  readonly words?: readonly string[];
  /** Asked first, of the user's fields and `{sessions}`. */
  readonly asks?: string;
  /** Said at the end, of the fields of the result. */
  readonly said: string;
  /** Look for the user among the deleted ones. */
  readonly deleted?: true;
}

const STATUS_PAGE = { method: "PUT", path: "/update_status", page: true } as const;

/**
 * Every action, once. Permissions, the audit trail, messages, forms, routes and `deno task users`
 * follow from this table. `lib/domain/users/user_actions.ts` says how an action is done.
 */
export const ACTIONS = {
  see_dashboard: { by: "admins" },
  list_users: { by: "admins" },
  list_deleted_users: { by: "admins" },
  see_user: { by: "owner" },

  suspend_user: {
    by: "admins",
    form: { reason: statusForm.reason, until: statusForm.until },
    route: { ...STATUS_PAGE, fields: { status: "suspended" } },
    ask: {
      title: "Suspend {name}",
      text: "All sessions of {name} end. They cannot sign in until the suspension ends.",
      submit: "Suspend",
    },
    trail: "{actor} suspended {user}",
    done: "{name} is suspended and signed out everywhere.",
    undo: "activate_user",
    task: {
      name: "suspend",
      help: "suspends (--reason, --until) and ends all sessions",
      said: "{username} is suspended",
    },
  },
  activate_user: {
    by: "admins",
    route: { ...STATUS_PAGE, fields: { status: "active" } },
    // It forgives failed sign-ins, too.
    button: { label: "Unlock", note: "Locked after failed sign-ins", when: "locked" },
    trail: "{actor} activated {user}",
    done: "{name} is active.",
    task: {
      name: "activate",
      help: "activates and forgives failed sign-ins",
      said: "{username} is active",
    },
  },
  unlock_user: {
    by: "admins",
    trail: "{actor} unlocked {user}",
    task: { name: "unlock", help: "forgives failed sign-ins", said: "{username} is not locked" },
  },
  edit_user: {
    by: "owner",
    route: { method: "PUT", path: "/edit_user", page: true },
    trail: "{actor} edited {user}",
    done: {
      other: "The changes to {name} are saved.",
      own: "Your changes are saved.",
      merged: "Your changes are saved, and so are those that somebody else made in the meantime.",
    },
  },
  edit_username: { by: "admins" },
  edit_role: {
    by: "admins",
    form: { role: accountForm.role },
    task: {
      name: "set-role",
      words: ["role"],
      help: "makes a user or an admin",
      said: "{username} has the role {role}",
    },
  },
  delete_user: {
    by: "owner",
    route: { method: "DELETE", path: "/delete_user", page: true },
    ask: {
      title: { other: "Delete {name}", own: "Delete your account" },
      text: {
        other: "Do you want to delete {name}? This also deletes the profile and picture and ends " +
          `all sessions. You can restore the account for ${DELETED_USERS_KEPT_DAYS} days.`,
        own:
          "Do you want to delete your account {name}? This also deletes your profile and picture " +
          `and ends all sessions. An admin can restore it for ${DELETED_USERS_KEPT_DAYS} days.`,
      },
      submit: "Delete",
    },
    trail: "{actor} deleted {user}",
    done: { other: "{name} is deleted.", own: "Your account is deleted." },
    undo: "restore_user",
    task: {
      name: "delete",
      help: "deletes (asks first, or --yes)",
      asks:
        "Do you want to delete {username} ({email}) with the profile and {sessions} sessions? " +
        `The action restore undoes this for ${DELETED_USERS_KEPT_DAYS} days, but not for sessions.`,
      said: "{username} is deleted. To undo this: restore {user_id}",
    },
  },
  restore_user: {
    by: "admins",
    route: { method: "PUT", path: "/restore_user", next: "/deleted_users" },
    button: { label: "Restore" },
    trail: "{actor} restored {user}",
    done: "{name} is restored, with profile and picture.",
    undo: "delete_user",
    task: {
      name: "restore",
      help: "restores a deleted user",
      deleted: true,
      said: "{username} is restored",
    },
  },
  sign_out_user: {
    by: "admins",
    trail: "{actor} ended the sessions of {user}",
    suffered: "was signed out everywhere",
    task: {
      name: "sign-out",
      help: "ends all sessions",
      said: "All sessions of {username} have ended",
    },
  },

  register: {
    trail: "{user} registered",
    done: {
      may_sign_in: "Welcome! Your account is ready, you can sign in now.",
      must_verify: "Almost done: open the link that we have sent to your address.",
      signed_in: "Welcome! Your account is ready, and you are signed in.",
    },
  },
  register_again: {
    trail: "{actor} tried to register an address that has an account: {user}",
    suffered: "somebody tried to register the address again",
  },
  verify_email: {
    trail: "{user} confirmed the address",
    done: "Your address is confirmed, you can sign in now.",
  },
  set_up: {
    trail: "{user} became the first admin",
    done: "Welcome! You are the first admin of this installation.",
  },
  sign_in: { trail: "{user} signed in", done: "You are signed in." },
  sign_in_failed: { trail: "{actor} failed to sign in as {user}", suffered: "failed to sign in" },
  sign_out: { trail: "{user} signed out", done: "You are signed out." },
  refuse_password: { trail: "{user} gave a wrong current password" },
  change_password: {
    by: "owner",
    trail: "{user} changed the password",
    done: "Your password is changed and your other sessions are ended.",
  },

  create_user: { trail: "{actor} created {user}" },
  import_users: { trail: "{actor} imported {user}" },
  seed_users: { trail: "{actor} made up sample users" },
} as const satisfies Readonly<Record<string, Action>>;

type Table = typeof ACTIONS;

/** Names an action. */
export type ActionName = keyof Table;

/** The names of the actions that have a part, such as a sentence in the audit trail. */
type Having<Part> = { [A in ActionName]: Table[A] extends Part ? A : never }[ActionName];

/** Something that not everybody may do. */
export type PermittedAction = Having<{ by: string }>;

/** Something that the audit trail tells of. */
export type AuditAction = Having<{ trail: string }>;

/** Something that is done to a user by their id. */
export type UserAction = Having<{ task: object }>;

/** Something that a page or modal asks about first. */
export type AskedAction = Having<{ ask: object }>;

/** Something that a button does at once. */
export type PressedAction = Having<{ button: object; route: object }>;

/** The fields of an action's form. */
type FormOf<A extends ActionName> = Table[A] extends { form: infer F extends Form } ? F
  : Record<never, never>;

/** What a request for an action says: the user that it is done to, and the values of its form. */
export type ActionInput<A extends ActionName> = { readonly user_id: number } & Values<FormOf<A>>;

/** The fields of a request for an action. */
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

/** The names of the actions for which `is` holds, in the order of the table. */
export function actionsWith<A extends ActionName>(is: (action: Action) => unknown): A[] {
  return (Object.keys(ACTIONS) as A[]).filter((name) => is(actionOf(name)));
}

/** The action that takes an action back, if there is one. */
export function undoOf(name: ActionName): UserAction | undefined {
  const action = ACTIONS[name];
  return "undo" in action ? action.undo : undefined;
}

/** The hidden fields of a form that asks for an action, besides the user. */
export function requestFields(name: AskedAction | PressedAction): Record<string, string> {
  const { method, fields } = actionOf(name).route!;
  return { _method: method, ...fields };
}
