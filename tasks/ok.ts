import { TaskError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";

const OPTIONS = {
  static: { type: "boolean", help: "leave the tests out" },
} satisfies TaskOptions;

/** Checks that run none of our code: name, and Deno's arguments. */
const STATIC_CHECKS: readonly [string, readonly string[]][] = [
  ["format", ["fmt", "--check"]],
  ["lint", ["lint"]],
  ["types", ["check"]],
  ["imports", ["run", "-A", "tasks/check_imports.ts"]],
];

/** `deno task ok` */
export const ok: Task<typeof OPTIONS> = {
  name: "ok",
  summary: "Runs all checks that a change must pass: format, lint, types, import rules and tests.",
  usage: "[--static]",
  examples: ["ok", "ok --static"],
  options: OPTIONS,
  async run({ values }) {
    const failed: string[] = [];
    for (const [name, args] of STATIC_CHECKS) {
      console.log(`== ${name}`);
      if (!await runDeno(args)) failed.push(name);
    }
    if (failed.length > 0) throw new TaskError(`Fix first: ${failed.join(", ")}`);
    if (values.static) return 0;
    console.log("== tests");
    return await runDeno(["run", "-A", "tasks/test.ts"]) ? 0 : 1;
  },
};

async function runDeno(args: readonly string[]): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), { args: [...args], stdin: "null" }).spawn();
  return (await child.status).success;
}

if (import.meta.main) Deno.exit(await runTask(ok, Deno.args));
