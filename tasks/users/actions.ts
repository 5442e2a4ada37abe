import { TaskError } from "@/lib/cli/errors.ts";
import { writeNewFile } from "@/lib/cli/new_file.ts";
import { readNewPassword } from "@/lib/cli/new_password.ts";
import { refusedInput, wrongArguments } from "@/lib/cli/refusal.ts";
import { csvLines } from "@/lib/csv.ts";
import { inviteUser } from "@/lib/domain/accounts/invitations.ts";
import { setPassword } from "@/lib/domain/accounts/set_password.ts";
import { countSessions } from "@/lib/domain/users/delete_user.ts";
import { explainSignIn } from "@/lib/domain/users/explain_sign_in.ts";
import { findDeletedUsersNamed, findUsersNamed } from "@/lib/domain/users/find_users.ts";
import { exportUsers } from "@/lib/domain/users/export_users.ts";
import { listUserPage } from "@/lib/domain/users/read_users.ts";
import { doUserAction } from "@/lib/domain/users/user_actions.ts";
import { actionOf, actionsWith, readRequest, type UserAction } from "@/lib/shared/actions.ts";
import { parseForm, parsePartial } from "@/lib/shared/form.ts";
import { EXPORT_COLUMNS } from "@/lib/shared/user_export.ts";
import { exportUsersForm, userListForm } from "@/lib/shared/list_forms.ts";
import { inviteForm } from "@/lib/shared/user_forms.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { fill } from "@/lib/shared/words.ts";
import { type Action, type ActionInput, ACTOR, type Said } from "./action.ts";
import { audit } from "./audit.ts";
import { bulk } from "./bulk.ts";
import { importFile } from "./import.ts";
import { explanationText, userListText, userText } from "./text.ts";

/** All actions by name: those of the table, and queries. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  list: { words: [], help: "lists users, a page at a time", run: list },
  export: {
    words: ["FILE"],
    help: "writes users into a CSV file, all that match",
    run: exportFile,
  },
  import: {
    words: ["FILE"],
    help: "adds and changes users as the rows of a CSV file say",
    rehearsesItself: true,
    run: importFile,
  },
  show: { words: ["NAME"], help: "shows account and profile", run: show },
  ...Object.fromEntries(
    actionsWith<UserAction>(({ task }) => task !== undefined).map((name) => [
      actionOf(name).task!.name,
      commandOf(name),
    ]),
  ),
  "set-password": {
    words: ["NAME"],
    help: "reads a new password from the terminal or stdin and ends all sessions",
    run: setPasswordOf,
  },
  invite: { words: ["EMAIL"], help: "sends an e-mail with an invitation (--role)", run: invite },
  audit: {
    words: ["WHAT"],
    help: "verify: checks the audit log (--seal); seal: prints its last seal",
    run: ({ services, words: [what = ""], texts }) => audit(services, what, texts.get("seal")),
  },
  bulk: { words: ["ACTION"], help: "does an action to all users of --filter", run: bulk },
  why: { words: ["NAME"], help: "explains why a user can sign in or not", run: why },
};

function commandOf(name: UserAction): Action {
  const { words = [], help, asks, said } = actionOf(name).task!;
  return {
    words: ["NAME", ...words.map((word) => word.toUpperCase())],
    help,
    ...(asks !== undefined && {
      async asks(input) {
        const { user, request } = await prepare(name, input);
        const sessions = await countSessions(input.services, ACTOR, user.user_id);
        return fill(asks, { ...user, ...request, sessions });
      },
    }),
    async run(input) {
      const { request } = await prepare(name, input);
      const json = await doUserAction(input.services, ACTOR, name, request);
      return { text: fill(said, { ...request, ...json }), json };
    },
  };
}

/** Finds the user and checks the values of the form. */
async function prepare(name: UserAction, input: ActionInput) {
  const { words = [], deleted } = actionOf(name).task!;
  const user = await FINDERS[deleted ?? "not"](input);
  const texts = new Map([...input.texts, ["user_id", String(user.user_id)]]);
  for (const [index, word] of words.entries()) texts.set(word, input.words[index + 1] ?? "");
  const parsed = readRequest(name, texts);
  if (!parsed.ok) throw wrongArguments(parsed.errors);
  return { user, request: parsed.value };
}

async function theUser({ services, words: [name = ""] }: ActionInput): Promise<UserView> {
  const [user, ...others] = await findUsersNamed(services, ACTOR, name);
  if (user === undefined) {
    throw new TaskError(`There is no user ${name}: try deno task users list --q ${name}`);
  }
  if (others.length === 0) return user;
  throw new TaskError(`${name} is one user's name and another's id: give the e-mail address`);
}

async function theDeletedUser({ services, words: [name = ""] }: ActionInput) {
  const [user, ...others] = await findDeletedUsersNamed(services, name);
  if (user === undefined) {
    throw new TaskError(`No deleted user has the name or id ${name}: look in the audit trail`);
  }
  if (others.length === 0) return user;
  const ids = [user, ...others].map(({ user_id }) => user_id).join(", ");
  throw new TaskError(`Several deleted users have the name ${name}: give one of the ids ${ids}`);
}

/** A name that somebody has now comes before that of a deleted user. */
async function anyUser(input: ActionInput) {
  const { services, words: [name = ""] } = input;
  const [found] = await findUsersNamed(services, ACTOR, name);
  return await (found ? theUser : theDeletedUser)(input);
}

const FINDERS = { not: theUser, only: theDeletedUser, too: anyUser };

async function list({ services, texts }: ActionInput): Promise<Said> {
  const parsed = parsePartial(userListForm, texts);
  if (!parsed.ok) throw wrongArguments(parsed.errors);
  const page = await listUserPage(services, ACTOR, parsed.value);
  return { text: userListText(page), json: page };
}

async function exportFile(
  { services, words: [path = ""], texts, dryRun }: ActionInput,
): Promise<Said> {
  const parsed = parseForm(exportUsersForm, texts);
  if (!parsed.ok) throw wrongArguments(parsed.errors);
  const { separator = ",", bom, ...query } = parsed.value;
  const { count, rows } = await exportUsers(services, ACTOR, query);
  if (!dryRun) {
    const lines = csvLines(EXPORT_COLUMNS, rows, { separator, bom: bom === "1" });
    await writeNewFile(
      path,
      () => ReadableStream.from(lines).pipeThrough(new TextEncoderStream()),
    );
  }
  const users = count === 1 ? "1 user is" : `${count} users are`;
  return { text: `${users} in ${path}`, json: { users: count, file: path } };
}

async function show(input: ActionInput): Promise<Said> {
  const user = await theUser(input);
  return { text: userText(user), json: user };
}

async function setPasswordOf(input: ActionInput): Promise<Said> {
  const { user_id, username } = await theUser(input);
  const password = await readNewPassword();
  const outcome = await setPassword(input.services, ACTOR, { user_id, password });
  if (!outcome.ok) throw refusedInput(outcome.errors);
  return { text: `${username} has a new password, and no session`, json: { user_id, username } };
}

async function invite({ services, words: [email = ""], texts }: ActionInput): Promise<Said> {
  const parsed = parseForm(inviteForm, new Map([...texts, ["email", email]]));
  if (!parsed.ok) throw wrongArguments(parsed.errors);
  const json = await inviteUser(services, ACTOR, parsed.value);
  return { text: fill("{email} gets an e-mail with an invitation", json), json };
}

async function why(input: ActionInput): Promise<Said> {
  const user = await theUser(input);
  const json = await explainSignIn(input.services, ACTOR, user.user_id);
  return { text: explanationText(user, json), json: { ...json, user } };
}
