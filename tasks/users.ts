import { confirmStep } from "@/lib/cli/confirm.ts";
import { UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOption, type TaskOptions } from "@/lib/cli/task.ts";
import { withServices } from "@/lib/cli/with_services.ts";
import { rehearse } from "@/lib/domain/operation/rehearse.ts";
import { loadSettings } from "@/lib/settings.ts";
import { USER_FILTERS, type UserFilterDeclaration } from "@/lib/shared/user_list.ts";
import type { Action, ActionInput } from "./users/action.ts";
import { ACTIONS } from "./users/actions.ts";

/** The filters of the user list, such as `--signed-in never`. */
const FILTER_OPTIONS = Object.fromEntries(
  Object.entries<UserFilterDeclaration>(USER_FILTERS).map(([name, filter]) => [
    name.replaceAll("_", "-"),
    {
      type: "string",
      placeholder: filter.kind.toUpperCase(),
      help: `list, export: ${
        filter.kind === "choice"
          ? Object.keys(filter.options).join(" or ")
          : filter.label.toLowerCase()
      }`,
    } satisfies TaskOption,
  ]),
) as Readonly<Record<string, TaskOption & { readonly type: "string" }>>;

const OPTIONS = {
  "q": { type: "string", placeholder: "TEXT", help: "list, export: part of a name or an address" },
  ...FILTER_OPTIONS,
  "role": {
    type: "string",
    placeholder: "ROLE",
    help: "list, export, invite: user, support or admin",
  },
  "sort": { type: "string", placeholder: "COLUMN", help: "list, export: such as -created_at" },
  "separator": { type: "string", placeholder: "CHAR", help: "export: , or ;" },
  "bom": { type: "boolean", help: "export: begin with a byte order mark, for Excel" },
  "limit": { type: "string", placeholder: "N", help: "list: users per page, at most 100" },
  "after": { type: "string", placeholder: "CURSOR", help: "list: the next page" },
  "before": { type: "string", placeholder: "CURSOR", help: "list: the previous page" },
  "reason": { type: "string", placeholder: "TEXT", help: "suspend: shown to admins" },
  "until": { type: "string", placeholder: "TIME", help: "suspend: ends by itself, 2030-01-31" },
  "entry": { type: "string", placeholder: "N", help: "undo: of the audit trail" },
  "seal": { type: "string", placeholder: "HASH", help: "audit verify: a seal printed before" },
  "filter": {
    type: "string",
    placeholder: "QUERY",
    help: "bulk: whom, as in the URL of the user list",
  },
  "columns": {
    type: "string",
    placeholder: "CHOICES",
    help: "import: 'email=Mail, phone=3, role=': a column by name or number, or none",
  },
  "refused": {
    type: "string",
    placeholder: "FILE",
    help: "import: where refused rows are written, to be mended and imported",
  },
  "invite": { type: "boolean", help: "import: send links to new users without a password" },
  "yes": { type: "boolean", short: "y", help: "do not ask" },
  "dry-run": { type: "boolean", help: "say what would be done, but do nothing" },
  "json": { type: "boolean", help: "write JSON" },
} satisfies TaskOptions;

const ACTION_HELP = Object.entries(ACTIONS)
  .map(([name, { words, help }]) => `  ${[name, ...words].join(" ").padEnd(24)}${help}`)
  .join("\n");

/** `deno task users` */
export const users: Task<typeof OPTIONS> = {
  name: "users",
  summary: `Shows and changes users, with the same rules and audit log as the pages.

Actions (NAME is a username, an address or an id):
${ACTION_HELP}`,
  usage: "ACTION [NAME] [OPTIONS]",
  examples: [
    "users list --status suspended --json",
    'users suspend bob --reason "Left the company"',
    "users why bob@example.com",
    "users export never.csv --signed-in never",
    "users import people.csv --columns email=Mail --refused refused.csv",
    "users bulk suspend --filter 'q=@example.com' --reason \"Left the company\"",
  ],
  options: OPTIONS,
  takesWords: true,
  async run({ values, positionals: [name, ...words] }) {
    const action = findAction(name, words);
    const { yes, json, "dry-run": dryRun = false, ...options } = values;
    const texts = new Map<string, string>();
    for (const [name, value] of Object.entries(options)) {
      if (value === undefined || value === false) continue;
      texts.set(name.replaceAll("-", "_"), value === true ? "1" : value);
    }
    await withServices(loadSettings(), async (services) => {
      const confirm = (question: string) => yes ? Promise.resolve() : confirmStep(question);
      const input = { services, words, texts, dryRun, confirm };
      if (!dryRun && !yes && action.asks) await confirm(await action.asks(input));
      const rehearses = dryRun && !action.rehearsesItself;
      const said = await (rehearses ? rehearseAction(action, input) : action.run(input));
      if (json) console.log(JSON.stringify(said.json));
      else console.log(dryRun ? `${said.text} (dry run: nothing was changed)` : said.text);
    });
  },
};

function rehearseAction(action: Action, input: ActionInput) {
  return rehearse(input.services, (services) => action.run({ ...input, services }));
}

function findAction(name: string | undefined, words: readonly string[]): Action {
  const names = Object.keys(ACTIONS).join(", ");
  if (name === undefined) throw new UsageError(`Say what to do, one of ${names}`);
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) throw new UsageError(`Unknown action ${name}, use one of ${names}`);
  if (action.words.length !== words.length) {
    throw new UsageError(`Say users ${[name, ...action.words].join(" ")}`);
  }
  return action;
}

if (import.meta.main) Deno.exit(await runTask(users, Deno.args));
