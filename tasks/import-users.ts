import { UsageError } from "@/lib/cli/errors.ts";
import { startProgress } from "@/lib/cli/progress.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withServices } from "@/lib/cli/with_services.ts";
import { importUsers as importSource } from "@/lib/domain/operation/import_users.ts";
import type { Services } from "@/lib/domain/services.ts";
import { openSource } from "@/lib/import/open_source.ts";
import { formatReport, type ReportLine } from "@/lib/import/report.ts";
import type { Source } from "@/lib/import/source.ts";
import { loadSettings } from "@/lib/settings.ts";
import { openReport } from "./import_users/report_file.ts";

const OPTIONS = {
  "profiles": {
    type: "string",
    placeholder: "FILE",
    help: "CSV of user_profiles, beside a CSV of users",
  },
  "report": { type: "string", placeholder: "FILE", help: "where to list what became of each row" },
  "dry-run": { type: "boolean", help: "write the report, and import nobody" },
} satisfies TaskOptions;

/** `deno task import-users` */
export const importUsers: Task<typeof OPTIONS> = {
  name: "import-users",
  summary: `Imports the users of a Flask Datta Able installation, from SQLite or CSV.

Accounts, profiles and password hashes are imported together, after all rows have been read and
checked. The server may run meanwhile. Users sign in with their old passwords.
The report lists rows that were left out or changed, with the reason. Existing users are not
changed.`,
  usage: "FILE [--profiles FILE] [--report FILE] [--dry-run]",
  examples: [
    "import-users flask.sqlite3 --dry-run",
    "import-users users.csv --profiles user_profiles.csv",
  ],
  options: OPTIONS,
  takesWords: true,
  async run({ values, positionals: [file, ...others] }) {
    if (file === undefined || others.length > 0) throw new UsageError("Name one file");
    const settings = loadSettings();
    const source = await openSource(file, values.profiles);
    const dryRun = values["dry-run"] ?? false;
    const { lines, path } = await withServices(
      settings,
      (services) => importAndReport(services, source, { file, dryRun, report: values.report }),
    );
    console.log(summaryOf(source, lines, dryRun));
    console.log(`The report is in ${path}`);
  },
};

const ACTOR = { kind: "task", name: "import-users" } as const;

interface Request {
  readonly file: string;
  readonly report: string | undefined;
  readonly dryRun: boolean;
}

/** The file is made first: whoever was imported must not go unreported for want of a place. */
async function importAndReport(
  services: Services,
  source: Source,
  { file, report, dryRun }: Request,
): Promise<{ lines: readonly ReportLine[]; path: string }> {
  const output = await openReport(report, file);
  // Each user counts twice: once looked at, once stored.
  const progress = startProgress("steps", source.users.length * 2);
  const onProgress = (count: number) => progress.add(count);
  try {
    const { lines } = await importSource(services, ACTOR, source, { dryRun, onProgress });
    await output.write(formatReport(lines));
    return { lines, path: output.path };
  } catch (error) {
    await output.discard();
    throw error;
  } finally {
    progress.stop();
  }
}

function summaryOf(source: Source, lines: readonly ReportLine[], dryRun: boolean): string {
  const count = (outcome: ReportLine["outcome"]) =>
    lines.filter((line) => line.table === "users" && line.outcome === outcome).length;
  const strays = lines.filter((line) => line.table === "user_profiles").length;
  const verb = dryRun ? "would be imported" : "imported";
  return `${source.users.length} users: ${count("imported") + count("changed")} ${verb}, ` +
    `${count("changed")} of them changed, ${count("skipped")} left out` +
    (strays === 0 ? "" : `; ${strays} profiles left out`);
}

if (import.meta.main) Deno.exit(await runTask(importUsers, Deno.args));
