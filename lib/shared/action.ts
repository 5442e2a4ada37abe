import type { Scope } from "./api_keys.ts";
import type { Form } from "./form.ts";
import type { UserListItem } from "./views.ts";
import type { Words } from "./words.ts";

/** Everything that the application knows of an action. */
export type Action =
  & Facts
  & (Internal | OnPage | AtOnce)
  & (Commanded | { readonly task?: undefined });

/**
 * The proof that an action needs: a fresh one, which may be the sign-in, or always one that the user
 * has given at `/step_up` for this action.
 */
export type ProofNeed = "fresh" | "always";

interface Facts {
  readonly by?: Permitted["by"];
  /** Support may do it, too, but not to admins. */
  readonly support?: true;
  /** Only admins learn that it was done to a user. */
  readonly forAdmins?: true;
  /** Admins may do it while they view as a user, to that user's account. Default: they may not. */
  readonly whileViewing?: true;
  /** With this scope an API key may do it to other users. Never without. */
  readonly scope?: Exclude<Scope, "self">;
  /** With this scope, or the other one, an API key may do it to its own user. Never without. */
  readonly ownScope?: "self";
  /** The page that it is done from, if the table declares no request for it. */
  readonly from?: string;
  /** How recently a user must have proven who they are. Default: not since they signed in. */
  readonly proof?: ProofNeed;
  /** The same for their own account, where that differs. */
  readonly ownProof?: ProofNeed;
  /** It can be taken back for a while, see lib/domain/users/undo.ts. */
  readonly undo?: true;
  /** It can be done to many users at once, see lib/shared/bulk.ts. */
  readonly bulk?: true;
  /** The fields of its form, besides the user that it is done to. */
  readonly form?: Form;
  /**
   * Its sentence in the audit trail, with `{actor}` and `{user}`. It begins with the person who did
   * it.
   */
  readonly trail?: string;
  /** The same from the user's side, where "was" and the words of the sentence do not fit. */
  readonly suffered?: string;
}

/** Admins may do it, or also users to their own account. */
interface Permitted {
  readonly by: "admins" | "owner";
}

/** The table declares no request for it, but a route may have its own. */
interface Internal {
  readonly route?: undefined;
  readonly ask?: undefined;
  readonly button?: undefined;
  /** The message about `{name}` on the next page, or several if there are several outcomes. */
  readonly done?: string | Readonly<Record<string, string>>;
}

/** A page in `routes/` answers the request, and may ask first. */
interface OnPage extends Permitted {
  readonly route: Route & { readonly page: true };
  readonly ask?: Question;
  readonly button?: Button;
  readonly done: string | Readonly<Record<"other" | "own", string> & Record<string, string>>;
}

/** The request only names the user. `actionRoutes()` answers it. */
interface AtOnce extends Commanded {
  readonly route: Route & { readonly page?: undefined };
  readonly ask?: undefined;
  readonly button?: Button;
  readonly done: OnPage["done"];
}

/** It is done to a user by id, also by `deno task users`. */
interface Commanded extends Permitted {
  readonly task: Command;
}

/** The request for an action. */
interface Route {
  readonly method: "PUT" | "DELETE";
  readonly path: string;
  /** Fields that always have the same value. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The page that is shown next, unless the request says which. Default `/user_list`. */
  readonly next?: string;
}

/** The texts of a form that asks before an action on `{name}`. */
interface Question {
  readonly title: Words;
  readonly text: Words;
  /** On the button. */
  readonly submit: string;
  /** Nothing is lost by it, so the button is not red. */
  readonly harmless?: true;
}

/**
 * A button on the page of a user and in each row of the user list, or of the deleted users. It does
 * it at once, or opens the page of the action.
 */
interface Button {
  readonly label: string;
  /** The text beside it. */
  readonly note?: string;
  /** Only on the page of the user, and not in lists. */
  readonly onPage?: true;
  /** Shown only for users of whom this is true. */
  readonly when?: keyof UserListItem;
}

/** A line of `deno task users`. */
interface Command {
  readonly name: string;
  readonly help: string;
  /** Fields of the form that are words after the user's name. The others are options. */
  readonly words?: readonly string[];
  /** The question before it, with the user's fields, those of the form and `{sessions}`. */
  readonly asks?: string;
  /** The message at the end, with the fields of the result. */
  readonly said: string;
  /** Look for the user among the deleted ones, only or too. */
  readonly deleted?: "only" | "too";
}
