import { prepareDatabases } from "@/tests/kit/databases.ts";
import { installMissing } from "@/tests/kit/install.ts";
import { closingLine, judge } from "@/tests/kit/report.ts";
import { runDenoTest } from "@/tests/kit/runner.ts";

const HELP = `Runs the tests: units, HTTP, both databases, FTP and browser.

Usage: deno task test [FILES...] [OPTIONS of "deno test"]

What the tests need and this machine lacks is installed (Debian as root), else the tests that need
it are skipped; with CI=true a skipped test fails the run.

Examples:
  deno task test
  deno task test lib/domain --filter suspendUser

Exit: 0 all passed, 1 not so, 2 wrong usage
`;

/** Runs all the tests that `args` name. Gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(HELP);
    return 0;
  }
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interruption.abort());
  }
  await installMissing((sentence) => console.error(sentence));
  await using databases = await prepareDatabases();
  const end = await runDenoTest({ args, env: databases.env, signal: interruption.signal });
  const verdict = judge(end, Deno.env.get("CI") ? "strict" : "lenient");
  for (const remark of verdict.remarks) console.log(remark);
  console.log(closingLine(verdict));
  return verdict.exitCode;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
