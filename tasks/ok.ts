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
    const results = await Promise.all(STATIC_CHECKS.map(([name, args]) => check(name, args)));
    const failed = results.flatMap(({ name, passed }) => passed ? [] : name);
    if (failed.length > 0) throw new TaskError(`Fix first: ${failed.join(", ")}`);
    if (values.static) return 0;
    console.log("== tests");
    const tests = command(["run", "-A", "tasks/test.ts"]).spawn();
    return (await tests.status).success ? 0 : 1;
  },
};

/** Runs a check, and shows what it says when it has ended: others run at the same time. */
async function check(name: string, args: readonly string[]) {
  const { success: passed, stdout, stderr } = await command(args, "piped").output();
  console.log(`== ${name}`);
  await Deno.stdout.write(stdout);
  await Deno.stderr.write(stderr);
  return { name, passed };
}

function command(args: readonly string[], output: "inherit" | "piped" = "inherit"): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    stdout: output,
    stderr: output,
  });
}

if (import.meta.main) Deno.exit(await runTask(ok, Deno.args));
