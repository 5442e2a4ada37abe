import { input } from "@inquirer/prompts";
import { confirmStep } from "@/lib/cli/confirm.ts";
import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { askPassword, faultOf, readPassword } from "@/lib/cli/new_password.ts";
import { refusedInput } from "@/lib/cli/refusal.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withServices } from "@/lib/cli/with_services.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { findUsersNamed } from "@/lib/domain/users/find_users.ts";
import { createUser } from "@/lib/domain/users/create_user.ts";
import { doUserAction } from "@/lib/domain/users/user_actions.ts";
import type { Services } from "@/lib/domain/services.ts";
import { loadSettings } from "@/lib/settings.ts";
import { ACTIONS } from "@/lib/shared/actions.ts";
import { type Field, parseForm } from "@/lib/shared/form.ts";
import { passwordMismatch, registerForm } from "@/lib/shared/sign_in_forms.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { fill } from "@/lib/shared/words.ts";

const OPTIONS = {
  "username": { type: "string", placeholder: "NAME", help: "name of the new admin" },
  "email": { type: "string", placeholder: "ADDRESS", help: "address of the new admin" },
  "password-stdin": { type: "boolean", help: "read the password from stdin, not a terminal" },
  "promote": { type: "string", placeholder: "NAME", help: "make an existing user an admin" },
  "yes": { type: "boolean", short: "y", help: "promote: do not ask" },
} satisfies TaskOptions;

const ACTOR: TaskActor = { kind: "task", name: "create-admin" };

/** `deno task create-admin` */
export const createAdmin: Task<typeof OPTIONS> = {
  name: "create-admin",
  summary: "Creates an admin. Asks for everything that the options leave out.\n\n" +
    "A password is never an argument: other users of the machine could read it.",
  usage: "[--username NAME --email ADDRESS [--password-stdin] | --promote NAME [--yes]]",
  examples: [
    "create-admin",
    "create-admin --username ada --email ada@example.com --password-stdin < password.txt",
    "create-admin --promote grace",
  ],
  options: OPTIONS,
  async run({ values }) {
    const { promote, yes, ...account } = values;
    if (promote !== undefined && Object.keys(account).length > 0) {
      throw new UsageError("--promote cannot be combined with other options than --yes");
    }
    if (promote === undefined && yes) throw new UsageError("--yes goes with --promote only");
    const settings = loadSettings();
    const done = await withServices(settings, async (services) => {
      if (promote === undefined) return await create(services, account);
      const user = await findUser(services, promote);
      if (!yes) await confirmStep(fill(EDIT_ROLE.asks, { ...user, ...ADMIN }));
      return await promoteUser(services, user);
    });
    console.log(`${done}: sign in at ${settings.appUrl}/login`);
  },
};

interface AccountOptions {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly "password-stdin"?: boolean | undefined;
}

async function create(services: Services, options: AccountOptions): Promise<string> {
  const texts = await complete(options);
  const parsed = parseForm(registerForm, new Map(Object.entries(texts)));
  if (!parsed.ok) throw refusedInput(parsed.errors);
  const mismatch = passwordMismatch(parsed.value);
  if (mismatch) throw refusedInput(mismatch);
  const { username, email, password } = parsed.value;
  const account = { username, email, password, ...ADMIN };
  const outcome = await createUser(services, ACTOR, account);
  if (!outcome.ok) throw refusedInput(outcome.errors);
  return `Created the admin ${username}`;
}

/** Returns the options, completed by asking at the terminal. */
async function complete(options: AccountOptions): Promise<Record<string, string>> {
  if (options["password-stdin"]) {
    const { username, email } = options;
    if (username === undefined || email === undefined) {
      throw new UsageError("--password-stdin needs --username and --email");
    }
    const password = await readPassword();
    return { username, email, password, password2: password };
  }
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError(
      "Give --username, --email and --password-stdin, because there is no terminal to ask on",
    );
  }
  return {
    username: options.username ?? await ask("Username", registerForm.username),
    email: options.email ?? await ask("E-mail address", registerForm.email),
    password: await askPassword("Password", registerForm.password),
    password2: await askPassword("Password again", registerForm.password2),
  };
}

function ask(message: string, field: Field<string>): Promise<string> {
  return input({ message, validate: (text) => faultOf(field, text) ?? true });
}

const EDIT_ROLE = ACTIONS.edit_role.task;
const ADMIN = { role: "admin" } as const;

async function findUser(services: Services, name: string): Promise<UserView> {
  const [user, ...others] = await findUsersNamed(services, ACTOR, name);
  if (user !== undefined && others.length === 0) return user;
  throw new TaskError(
    `${name} does not name exactly one user: give the e-mail address of a registered one`,
  );
}

async function promoteUser(
  services: Services,
  { user_id, username, status }: UserView,
): Promise<string> {
  await doUserAction(services, ACTOR, "edit_role", { user_id, ...ADMIN });
  return status === "active"
    ? `${username} is an admin`
    : `${username} is an admin, but suspended (deno task users activate ${username})`;
}

if (import.meta.main) Deno.exit(await runTask(createAdmin, Deno.args));
