import { TaskError } from "@/lib/cli/errors.ts";
import { refusedInput, wrongArguments } from "@/lib/cli/refusal.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { countSessions, deleteUser } from "@/lib/domain/users/delete_user.ts";
import { restoreUser } from "@/lib/domain/users/deleted_users.ts";
import { editUser } from "@/lib/domain/users/edit_user.ts";
import { explainSignIn } from "@/lib/domain/users/explain_sign_in.ts";
import { findDeletedUsersNamed, findUsersNamed } from "@/lib/domain/users/find_users.ts";
import type { Services } from "@/lib/domain/services.ts";
import { signOutUser, unlockUser, updateStatus } from "@/lib/domain/users/update_status.ts";
import { listUserPage } from "@/lib/domain/users/read_users.ts";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import { parsePartial, type Texts } from "@/lib/shared/form.ts";
import { accountForm, statusForm, userListForm } from "@/lib/shared/user_forms.ts";
import type { Status } from "@/lib/shared/users.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { explanationText, userListText, userText } from "./text.ts";

/** What an action has to say: to people, and to programs (`--json`). */
export interface Said {
  readonly text: string;
  readonly json: unknown;
}

/** What an action works with. */
export interface ActionInput {
  readonly services: Services;
  /** The words behind the action. */
  readonly words: readonly string[];
  /** Options of the command line that have a value. */
  readonly texts: Texts;
}

/** Something that `deno task users` does. */
export interface Action {
  /** What stands behind it on the command line. */
  readonly words: readonly string[];
  /** What the help says of it. */
  readonly help: string;
  /** Asked before, unless `--yes` was given. */
  readonly asks?: (input: ActionInput) => Promise<string>;
  run(input: ActionInput): Promise<Said>;
}

const ACTOR: TaskActor = { kind: "task", name: "users" };

/** Every action by its name. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  list: { words: [], help: "lists users, a page at a time", run: list },
  show: { words: ["NAME"], help: "shows account and profile", run: onUser(show) },
  suspend: {
    words: ["NAME"],
    help: "suspends (--reason, --until) and ends all sessions",
    run: onUser((user, input) => setStatus(user, input, "suspended")),
  },
  activate: {
    words: ["NAME"],
    help: "activates and forgives failed sign-ins",
    run: onUser((user, input) => setStatus(user, input, "active")),
  },
  unlock: { words: ["NAME"], help: "forgives failed sign-ins", run: onUser(unlock) },
  "set-role": { words: ["NAME", "ROLE"], help: "makes a user or an admin", run: onUser(setRole) },
  delete: {
    words: ["NAME"],
    help: "deletes (asks first, or --yes)",
    asks: async (input) => {
      const { user_id, username, email } = await theUser(input);
      const sessions = await countSessions(input.services, ACTOR, user_id);
      return `Do you want to delete ${username} (${email}) with the profile and ${sessions} ` +
        `sessions? For ${DELETED_USERS_KEPT_DAYS} days restore brings the user back, signed out.`;
    },
    run: onUser(remove),
  },
  restore: { words: ["NAME"], help: "brings a deleted user back", run: restore },
  "sign-out": { words: ["NAME"], help: "ends all sessions", run: onUser(signOut) },
  why: { words: ["NAME"], help: "explains why a user can sign in or not", run: onUser(why) },
};

type OnUser = (user: UserView, input: ActionInput) => Promise<Said>;

function onUser(run: OnUser): Action["run"] {
  return async (input) => await run(await theUser(input), input);
}

async function theUser({ services, words: [name = ""] }: ActionInput): Promise<UserView> {
  const [user, ...others] = await findUsersNamed(services, ACTOR, name);
  if (user === undefined) {
    throw new TaskError(`There is no user ${name}: try deno task users list --q ${name}`);
  }
  if (others.length === 0) return user;
  throw new TaskError(`${name} is one user's name and another one's id: give the address`);
}

async function list({ services, texts }: ActionInput): Promise<Said> {
  const parsed = parsePartial(userListForm, texts);
  if (!parsed.ok) throw wrongArguments(parsed.errors);
  const page = await listUserPage(services, ACTOR, parsed.value);
  return { text: userListText(page), json: page };
}

function show(user: UserView): Promise<Said> {
  return Promise.resolve({ text: userText(user), json: user });
}

async function setStatus(user: UserView, input: ActionInput, status: Status): Promise<Said> {
  const { reason, until } = statusForm;
  const parsed = parsePartial({ reason, until }, input.texts);
  if (!parsed.ok) throw wrongArguments(parsed.errors);
  const { reason: given = "", until: end } = parsed.value;
  const change = { user_id: user.user_id, status, reason: given, until: end };
  const json = await updateStatus(input.services, ACTOR, change);
  return { text: `${user.username} is ${json.status}`, json };
}

async function unlock({ user_id, username }: UserView, { services }: ActionInput): Promise<Said> {
  await unlockUser(services, ACTOR, user_id);
  return { text: `${username} is not locked`, json: { user_id, username } };
}

async function signOut({ user_id, username }: UserView, { services }: ActionInput): Promise<Said> {
  await signOutUser(services, ACTOR, user_id);
  return { text: `All sessions of ${username} have ended`, json: { user_id, username } };
}

async function setRole(user: UserView, { services, words }: ActionInput): Promise<Said> {
  const role = accountForm.role.read(words[1] ?? "");
  if ("error" in role) throw wrongArguments({ role: role.error });
  const outcome = await editUser(services, ACTOR, {
    target: {
      user_id: user.user_id,
      version: undefined,
      current_password: undefined,
      before: undefined,
      remove_image: undefined,
    },
    account: { role: role.value },
    profile: {},
  });
  if (!outcome.ok) throw refusedInput(outcome.errors);
  return {
    text: `${user.username} has the role ${outcome.value.user.role}`,
    json: outcome.value.user,
  };
}

async function remove(user: UserView, { services }: ActionInput): Promise<Said> {
  const json = await deleteUser(services, ACTOR, user.user_id);
  return {
    text: `${json.username} is deleted, and comes back with: restore ${json.user_id}`,
    json,
  };
}

async function restore({ services, words: [name = ""] }: ActionInput): Promise<Said> {
  const [user, ...others] = await findDeletedUsersNamed(services, name);
  if (user === undefined) {
    throw new TaskError(`No deleted user has the name or id ${name}: look in the audit trail`);
  }
  if (others.length > 0) {
    const ids = [user, ...others].map(({ user_id }) => user_id).join(", ");
    throw new TaskError(`Several deleted users have the name ${name}: give one of the ids ${ids}`);
  }
  const json = await restoreUser(services, ACTOR, user.user_id);
  return { text: `${json.username} is back`, json };
}

async function why(user: UserView, { services }: ActionInput): Promise<Said> {
  const json = await explainSignIn(services, ACTOR, user.user_id);
  return { text: explanationText(user, json), json: { ...json, user } };
}
