import { UsageError } from "@/lib/cli/errors.ts";
import { messageOf } from "@/lib/message_of.ts";
import { type ExitCode, runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withDatabase } from "@/lib/cli/with_database.ts";
import {
  diagnose,
  diagnoseMachine,
  type DiagnosisOptions,
  type Finding,
} from "@/lib/domain/operation/diagnosis.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { email } from "@/lib/shared/fields.ts";
import { loadSettings, type Settings, SettingsError } from "@/lib/settings.ts";

const OPTIONS = {
  "json": { type: "boolean", help: "write JSON, an object a line" },
  "send-to": { type: "string", placeholder: "ADDRESS", help: "send a letter there" },
} satisfies TaskOptions;

/** `deno task doctor` */
export const doctor: Task<typeof OPTIONS> = {
  name: "doctor",
  summary: "Tries settings, database, images, mail, clock and disk, and says what to do.",
  usage: "[--json] [--send-to ADDRESS]",
  examples: ["doctor", "doctor --send-to ada@example.com"],
  options: OPTIONS,
  async run({ values, positionals }): Promise<ExitCode> {
    if (positionals.length > 0) throw new UsageError("doctor takes no arguments");
    const findings = await examine({ sendTo: readAddress(values["send-to"]) });
    for (const finding of findings) {
      console.log(values.json ? JSON.stringify(finding) : lineOf(finding));
    }
    return findings.some(({ state }) => state === "fail") ? 1 : 0;
  },
};

/** @throws {UsageError} if it is no address. */
function readAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const read = email({ label: "Address", required: true }).read(text);
  if ("error" in read) throw new UsageError(`--send-to: ${read.error}`);
  return read.value;
}

async function examine(options: DiagnosisOptions): Promise<Finding[]> {
  const read = readSettings();
  if ("faults" in read) return read.faults;
  const settings = [
    ...describeSettings(read.settings),
    ...await diagnoseMachine(read.settings),
  ];
  try {
    return [...settings, ...await examineServices(read.settings, options)];
  } catch (error) {
    return [...settings, { check: "Database", state: "fail", detail: messageOf(error) }];
  }
}

function readSettings(): { settings: Settings } | { faults: Finding[] } {
  try {
    return { settings: loadSettings() };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const advice = "Mend it in .env or the environment";
    return {
      faults: error.faults.map((detail) => ({ check: "Settings", state: "fail", detail, advice })),
    };
  }
}

function describeSettings({ appEnv, notices }: Settings): Finding[] {
  const advice = "Mend or remove it in .env or the environment";
  return [
    { check: "Settings", state: "ok", detail: appEnv },
    ...notices.map((detail): Finding => ({ check: "Settings", state: "warn", detail, advice })),
  ];
}

function examineServices(settings: Settings, options: DiagnosisOptions): Promise<Finding[]> {
  return withDatabase(settings, async (open) => {
    const services = await openServices(settings, open, createSilentLogger());
    try {
      return await diagnose(services, options);
    } finally {
      await closeServices(services);
    }
  });
}

function lineOf({ check, state, detail, advice }: Finding): string {
  const line = `${state.toUpperCase().padEnd(4)}  ${check}: ${detail}`;
  return advice === undefined ? line : `${line}\n      ${advice}`;
}

if (import.meta.main) Deno.exit(await runTask(doctor, Deno.args));
