import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { startProgress } from "@/lib/cli/progress.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withServices } from "@/lib/cli/with_services.ts";
import { SAMPLE_PASSWORD, seedUsers } from "@/lib/domain/operation/seed_users.ts";
import { loadSettings } from "@/lib/settings.ts";
import { wholeNumber } from "@/lib/shared/fields.ts";

const OPTIONS = {
  "users": { type: "string", placeholder: "N", help: "how many, up to 10,000,000" },
  "seed": {
    type: "string",
    placeholder: "S",
    help: "a different number makes up different users (default: 1)",
  },
  "force": { type: "boolean", help: "in production too" },
} satisfies TaskOptions;

const MAX_USERS = 10_000_000;
const MAX_SEED = 2 ** 31 - 1;

/** `deno task seed` */
export const seed: Task<typeof OPTIONS> = {
  name: "seed",
  summary: "Adds made-up users with profiles, for trying out lists and measuring.",
  usage: "--users N [--seed S] [--force]",
  examples: ["seed --users 1000"],
  options: OPTIONS,
  async run({ values }) {
    const count = wholeOption("--users", values.users ?? "", MAX_USERS);
    const number = wholeOption("--seed", values.seed ?? "1", MAX_SEED);
    const settings = loadSettings();
    if (settings.appEnv === "production" && !values.force) {
      throw new TaskError(
        "APP_ENV is production, and the password of made-up users is public: use another database, or --force",
      );
    }
    const progress = startProgress("users", count);
    const onProgress = (done: number) => progress.add(done);
    const { first, last } = await withServices(
      settings,
      (services) => seedUsers(services, ACTOR, { count, seed: number, onProgress }),
    ).finally(() => progress.stop());
    console.log(`Made up ${count} users, ${first} to ${last}; their password: ${SAMPLE_PASSWORD}`);
  },
};

const ACTOR = { kind: "task", name: "seed" } as const;

function wholeOption(label: string, text: string, max: number): number {
  const checked = wholeNumber({ label, min: 1, max }).read(text);
  if ("error" in checked) throw new UsageError(checked.error);
  return checked.value;
}

if (import.meta.main) Deno.exit(await runTask(seed, Deno.args));
