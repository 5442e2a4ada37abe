import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { prepareBuild } from "@/tests/kit/build.ts";
import { prepareDatabases } from "@/tests/kit/databases.ts";
import { installMissing } from "@/tests/kit/install.ts";
import { closingLine, judge } from "@/tests/kit/report.ts";
import { runDenoTest } from "@/tests/kit/runner.ts";

const OPTIONS = {
  "filter": { type: "string", placeholder: "TEXT", help: "run the tests with TEXT in the name" },
  "fail-fast": { type: "boolean", help: "stop at the first failure" },
} satisfies TaskOptions;

/** `deno task test` */
export const test: Task<typeof OPTIONS> = {
  name: "test",
  summary: "Runs the tests: units, HTTP, both databases, FTP and browser.\n\n" +
    "On Debian as root, missing programs are installed. Elsewhere the tests that need them are\n" +
    "skipped. With CI=true a skipped test fails the run.",
  usage: "[FILES...]",
  examples: ["test", "test lib/domain --filter suspendUser"],
  options: OPTIONS,
  takesWords: true,
  async run({ values, positionals }) {
    await installMissing((sentence) => console.error(sentence));
    await using databases = await prepareDatabases();
    await using build = await prepareBuild();
    const end = await runDenoTest({
      args: [
        ...positionals,
        ...(values.filter === undefined ? [] : [`--filter=${values.filter}`]),
        ...(values["fail-fast"] ? ["--fail-fast"] : []),
      ],
      env: { ...databases.env, ...build.env },
      signal: interruption(),
    });
    const verdict = judge(end, Deno.env.get("CI") ? "strict" : "lenient");
    for (const remark of verdict.remarks) console.log(remark);
    console.log(closingLine(verdict));
    return verdict.exitCode;
  },
};

/**
 * Returns a signal that is aborted when this process is told to end, so that no server outlives it.
 */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => controller.abort());
  }
  return controller.signal;
}

if (import.meta.main) Deno.exit(await runTask(test, Deno.args));
