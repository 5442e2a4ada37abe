import { bulk } from "@/bench/bulk.ts";
import { emailExists } from "@/bench/email_exists.ts";
import { eventLoop } from "@/bench/event_loop.ts";
import { exchange } from "@/bench/exchange.ts";
import { images } from "@/bench/images.ts";
import { moveToLoadCore } from "@/bench/kit/server.ts";
import { jsonOf, sentenceOf, type Suite } from "@/bench/kit/suite.ts";
import { login } from "@/bench/login.ts";
import { outage } from "@/bench/outage.ts";
import { pageWeights } from "@/bench/page_weights.ts";
import { signIn } from "@/bench/sign_in.ts";
import { startUp } from "@/bench/start_up.ts";
import { userList } from "@/bench/user_list.ts";
import { fresh } from "@/lib/fresh/bench/fresh.ts";
import { UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";

const SUITES: Readonly<Record<string, Suite>> = {
  fresh,
  login,
  user_list: userList,
  exchange,
  email_exists: emailExists,
  sign_in: signIn,
  images,
  outage,
  start_up: startUp,
  page_weights: pageWeights,
  bulk,
  event_loop: eventLoop,
};

const OPTIONS = {
  json: { type: "boolean", help: "write one object per line: name, value, unit, of" },
} satisfies TaskOptions;

/** `deno task bench` */
export const bench: Task<typeof OPTIONS> = {
  name: "bench",
  summary: "Compares speed with a baseline that is measured in the same run.\n\n" +
    Object.entries(SUITES).map(([name, { summary }]) => `  ${name}: ${summary}`).join("\n"),
  usage: "[NAME...] [--json]",
  examples: ["bench", "bench fresh --json"],
  options: OPTIONS,
  takesWords: true,
  async run({ values, positionals }) {
    const unknown = positionals.find((name) => !(name in SUITES));
    if (unknown !== undefined) {
      throw new UsageError(`No benchmark "${unknown}", only ${Object.keys(SUITES).join(", ")}`);
    }
    await moveToLoadCore();
    const show = values.json ? jsonOf : sentenceOf;
    for (const [name, suite] of Object.entries(SUITES)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue;
      await suite.run((measurement) => console.log(show(measurement)));
    }
  },
};

if (import.meta.main) Deno.exit(await runTask(bench, Deno.args));
