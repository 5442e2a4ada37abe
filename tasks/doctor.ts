import { UsageError } from "@/lib/cli/errors.ts";
import { messageOf } from "@/lib/message_of.ts";
import {
  type ExitCode,
  runTask,
  type Task,
  type TaskArguments,
  type TaskOptions,
} from "@/lib/cli/task.ts";
import { withDatabase } from "@/lib/cli/with_database.ts";
import {
  diagnose,
  diagnoseMachine,
  type DiagnosisOptions,
} from "@/lib/domain/operation/diagnosis.ts";
import type { Finding } from "@/lib/domain/operation/finding.ts";
import { diagnoseSite, type LiveOptions } from "@/lib/domain/operation/diagnose_site.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { email, wholeNumber } from "@/lib/shared/fields.ts";
import { loadSettings, type Settings, SettingsError } from "@/lib/settings.ts";

const OPTIONS = {
  "json": { type: "boolean", help: "write JSON, an object a line" },
  "send-to": { type: "string", placeholder: "ADDRESS", help: "send a letter there" },
  "live": {
    type: "string",
    placeholder: "URL",
    help: "look at an installation from outside, and at nothing else",
  },
  "http-port": {
    type: "string",
    placeholder: "PORT",
    help: "with --live: the port on which http leads to https (80)",
  },
  "ca-file": {
    type: "string",
    placeholder: "FILE",
    help: "with --live: the private authority of the certificate, as PEM",
  },
} satisfies TaskOptions;

/** `deno task doctor` */
export const doctor: Task<typeof OPTIONS> = {
  name: "doctor",
  summary: "Tries settings, database, images, mail, clock and disk, and says what to do.",
  usage: "[--json] [--send-to ADDRESS | --live URL [--http-port PORT] [--ca-file FILE]]",
  examples: [
    "doctor",
    "doctor --send-to ada@example.com",
    "doctor --live https://people.example.com",
  ],
  options: OPTIONS,
  async run({ values, positionals }): Promise<ExitCode> {
    if (positionals.length > 0) throw new UsageError("doctor takes no arguments");
    const findings = values.live === undefined
      ? await examine(readDiagnosis(values))
      : await diagnoseSite(readUrl(values.live), await readLive(values));
    for (const finding of findings) {
      console.log(values.json ? JSON.stringify(finding) : lineOf(finding));
    }
    return findings.some(({ state }) => state === "fail") ? 1 : 0;
  },
};

type Values = TaskArguments<typeof OPTIONS>["values"];

/** @throws {UsageError} for options of `--live`. */
function readDiagnosis(values: Values): DiagnosisOptions {
  for (const name of ["http-port", "ca-file"] as const) {
    if (values[name] !== undefined) throw new UsageError(`--${name} is for --live`);
  }
  return { sendTo: readAddress(values["send-to"]) };
}

/** @throws {UsageError} for options that `--live` does not use, or that cannot be read. */
async function readLive(values: Values): Promise<LiveOptions> {
  if (values["send-to"] !== undefined) {
    throw new UsageError("--send-to needs the settings, which --live does not read");
  }
  return { httpPort: readPort(values["http-port"]), ca: await readPem(values["ca-file"]) };
}

/** @throws {UsageError} if it is no file. */
async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await Deno.readTextFile(path);
  } catch {
    throw new UsageError(`--ca-file: ${path} cannot be read`);
  }
}

/** Reads the address for a test e-mail. @throws {UsageError} if it is invalid. */
function readAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const read = email({ label: "Address", required: true }).read(text);
  if ("error" in read) throw new UsageError(`--send-to: ${read.error}`);
  return read.value;
}

/** @throws {UsageError} if it is no origin. */
function readUrl(text: string): URL {
  const url = URL.parse(text);
  const isOrigin = url !== null && ["http:", "https:"].includes(url.protocol) &&
    `${url.origin}/` === url.href;
  if (!isOrigin) {
    throw new UsageError("--live: enter an address such as https://people.example.com");
  }
  return url;
}

/** @throws {UsageError} if it is no port. */
function readPort(text = "80"): number {
  const read = wholeNumber({ label: "Port", min: 1, max: 65_535 }).read(text);
  if ("error" in read) throw new UsageError(`--http-port: ${read.error}`);
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
    const advice = "Correct it in .env or the environment";
    return {
      faults: error.faults.map((detail) => ({ check: "Settings", state: "fail", detail, advice })),
    };
  }
}

function describeSettings({ appEnv, notices }: Settings): Finding[] {
  const advice = "Correct or remove it in .env or the environment";
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

function lineOf({ check, state, detail, advice, asvs }: Finding): string {
  const requirement = asvs === undefined ? "" : ` (ASVS ${asvs})`;
  const line = `${state.toUpperCase().padEnd(4)}  ${check}: ${detail}${requirement}`;
  return advice === undefined ? line : `${line}\n      ${advice}`;
}

if (import.meta.main) Deno.exit(await runTask(doctor, Deno.args));
