import { bracketed, isLoopback, type Network, parseAddress } from "./ip_address.ts";
import { type DatabaseSettings, resolveDatabase } from "./settings/database.ts";
import { SETTINGS, type SettingValues } from "./settings/declarations.ts";
import { type Environment, readEnvFile } from "./settings/env_file.ts";
import { DATABASE_ENCRYPTION, type Exposure, findExposures } from "./settings/exposures.ts";
import type { FtpSettings } from "./settings/ftp_url.ts";
import type { SmtpSettings } from "./settings/mail.ts";
import { findMisspelt } from "./settings/misspelt.ts";
import { findIdleSettings } from "./settings/notices.ts";
import { Refusal } from "./settings/parsers.ts";
import { POSTGRES_NAMES } from "./settings/postgres_parameters.ts";
import { findUnsafe } from "./settings/production.ts";
import { isSecret, readSecretFiles, SECRET_FILE_NAMES } from "./settings/secret_files.ts";

/**
 * All settings, read once and frozen: each in camel case, except those that {@linkcode compose}
 * combines.
 */
export type Settings = Readonly<ReturnType<typeof compose>> & {
  readonly database: DatabaseSettings;
  /** A sentence for each setting without effect, and for each name that looks like a setting. */
  readonly notices: readonly string[];
  /** Connections that others on the way may read, or answer instead of the server. */
  readonly exposures: readonly Exposure[];
  /** Paths of the files that the settings name. */
  readonly files: readonly string[];
  /** Where each setting comes from, for admins to read. */
  readonly origins: readonly SettingOrigin[];
};

/** Where a setting comes from. */
export interface SettingOrigin {
  readonly name: string;
  readonly from: "default" | "environment" | ".env" | "file";
  /** As it was written, or as Markdown if it is the default; `null` if that is a secret. */
  readonly text: string | null;
  /** As Markdown. */
  readonly meaning: string;
}

/** Every name in the environment that {@linkcode loadSettings} reads. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...Object.keys(SETTINGS),
  ...POSTGRES_NAMES,
  ...SECRET_FILE_NAMES,
  // For libpq's certificates, and for temporary files.
  "HOME",
  "TMPDIR",
];

/** All faults of the settings, a line each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly faults: readonly string[]) {
    super(
      `${faults.length === 1 ? "A setting is" : `${faults.length} settings are`} wrong:\n` +
        faults.map((fault) => `  ${fault}`).join("\n"),
    );
  }
}

/**
 * Reads the settings of this process from `.env` and the environment, which takes precedence.
 *
 * @throws {SettingsError} with all faults at once.
 */
export function loadSettings(): Settings {
  const { env, fault } = readEnvFile(".env");
  if (fault !== undefined) throw new SettingsError([fault]);
  return readSettings(Deno.env.toObject(), env);
}

/**
 * Reads the settings from the environment, and those that it lacks from a settings file. An empty
 * value counts as absent.
 *
 * @throws {SettingsError} with all faults at once.
 */
export function readSettings(environment: Environment, file: Environment = {}): Settings {
  const given = { ...file, ...environment };
  const secrets = readSecretFiles(given);
  const env = { ...given, ...secrets.env };
  const { values, faults } = readValues(env);
  faults.push(...secrets.faults, ...findConflicts(values, env));
  const database = resolveDatabase(values.DATABASE_URL, env);
  if ("fault" in database) faults.push(database.fault);
  else if (values.APP_ENV === "production") faults.push(...findUnsafe(values, database));
  const misspelt = [...findMisspelt([...Object.keys(SETTINGS), ...SECRET_FILE_NAMES], env, file)]
    .map(([name, meant]) => `${name} is no setting: did you mean ${meant}?`);
  if (faults.length > 0 || "fault" in database) throw new SettingsError([...faults, ...misspelt]);
  const notices = Object.freeze([...misspelt, ...findIdleSettings(values, database)]);
  const exposures = Object.freeze(findExposures(values, database));
  return Object.freeze({
    ...compose(values),
    database,
    notices,
    exposures,
    files: Object.freeze([...secrets.files, ...filesOf(env, database)]),
    origins: Object.freeze(originsOf({ environment, file, secrets: secrets.env })),
  });
}

function originsOf(
  from: Readonly<Record<"environment" | "file" | "secrets", Environment>>,
): SettingOrigin[] {
  return Object.entries(SETTINGS).map(([name, setting]) => {
    const { meaning } = setting;
    const own = textOf(from.environment, name);
    const text = own ?? textOf(from.file, name);
    if (textOf(from.secrets, name)) return { name, meaning, from: "file", text: null };
    if (text === undefined) return { name, meaning, from: "default", text: setting.default };
    return {
      name,
      meaning,
      from: own === undefined ? ".env" : "environment",
      text: isSecret(name) ? null : text,
    };
  });
}

/** Returns what a server warns of when it starts. */
export function startWarnings({ notices, exposures }: Settings): string[] {
  const unchecked = exposures.filter(({ check }) => check === DATABASE_ENCRYPTION);
  return [...notices, ...unchecked.map(({ detail, advice }) => `${detail}. ${advice}`)];
}

function filesOf(env: Environment, database: DatabaseSettings): string[] {
  const named = ["FTP_CA_FILE", "SMTP_CA_FILE", "BREACHED_PASSWORDS_FILE"]
    .map((name) => textOf(env, name));
  const ofDatabase = database.kind === "postgres" ? database.server.files : [];
  return [...named.filter((path) => path !== undefined), ...ofDatabase];
}

/** Reads each setting by its declaration. A wrong one has no value. */
function readValues(env: Environment): { values: SettingValues; faults: string[] } {
  const faults: string[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]) => {
    const text = textOf(env, name);
    const value = setting.read(text);
    if (!(value instanceof Refusal)) return [name, value];
    faults.push(`${name} is "${value.shown ?? text}": ${value.allowed}`);
    return [name, undefined];
  });
  return { values: Object.fromEntries(entries) as SettingValues, faults };
}

function textOf(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Finds settings that are right by themselves, but not together. */
function findConflicts(values: SettingValues, env: Environment): string[] {
  const faults: string[] = [];
  if (values.APP_ENV === "production" && textOf(env, "APP_URL") === undefined) {
    faults.push(
      "APP_URL is missing: production needs the public origin, such as https://people.example.com",
    );
  }
  if (values.SMTP_URL && !values.MAIL_FROM) {
    faults.push(
      "MAIL_FROM is missing: SMTP_URL needs the sender, such as Roster <people@example.com>",
    );
  }
  return faults;
}

/** Combines settings that belong together, and fills in those that follow from others. */
function compose(values: SettingValues) {
  const { FTP_URL, FTP_CA_FILE, SMTP_URL, SMTP_CA_FILE, SMTP_ALLOW_PLAINTEXT, ...rest } = values;
  const { DATABASE_URL: _, DENO_JOBS, SECRET_KEY: secretKeys, ...others } = rest;
  const production = values.APP_ENV === "production";
  const host = values.HOST ?? (production ? "0.0.0.0" : "127.0.0.1");
  const appSlug = slugOf(values.APP_NAME);
  return {
    ...inCamelCase(others),
    /** The product's name in ASCII letters, digits and `_`. */
    appSlug,
    /** A name, or an address without brackets. */
    host,
    /** Public origin, without a trailing slash. */
    appUrl: values.APP_URL ?? originOf(host, values.PORT),
    ftp: FTP_URL && Object.freeze<FtpSettings>({ ...FTP_URL, ca: FTP_CA_FILE }),
    smtp: SMTP_URL && Object.freeze<SmtpSettings>({
      ...SMTP_URL,
      ca: SMTP_CA_FILE,
      requiresTls: production && !SMTP_ALLOW_PLAINTEXT,
    }),
    mailFrom: values.MAIL_FROM ?? { name: values.APP_NAME, address: `${appSlug}@localhost` },
    emailVerification: values.EMAIL_VERIFICATION ?? (SMTP_URL ? "required" : "optional"),
    /** Proxies whose `X-Forwarded-For` is trusted. */
    trustProxy: values.TRUST_PROXY ?? Object.freeze<Network[]>([]),
    logAudit: values.LOG_AUDIT ?? production,
    logFormat: values.LOG_FORMAT ?? (production ? "json" : "pretty"),
    /** Keys that encrypt secrets in the database, the current one first. */
    secretKeys,
    /** Serving threads, if there can be several. */
    threads: DENO_JOBS ?? navigator.hardwareConcurrency,
    /** Time between "not ready" and the last new connection. */
    shutdownNoticeSeconds: values.SHUTDOWN_NOTICE_SECONDS ?? (production ? 5 : 1),
  };
}

/** `LOG_LEVEL` as `logLevel`. */
type Camel<Name extends string> = Uncapitalize<Pascal<Name>>;
type Pascal<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Pascal<First>}${Pascal<Rest>}`
  : Capitalize<Lowercase<Name>>;

function inCamelCase<T extends object>(
  values: T,
): { [Name in keyof T & string as Camel<Name>]: T[Name] } {
  const entries = Object.entries(values).map(([name, value]) => [
    name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries);
}

function slugOf(name: string): string {
  const ascii = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return ascii.replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "") || "app";
}

/** Returns the server's origin for a browser on this machine. Passkeys need a name, not an address. */
function originOf(host: string, port: number): string {
  const address = parseAddress(host) ?? host;
  const isHere = address === "0.0.0.0" || address === "::" || isLoopback(address);
  return new URL(`http://${isHere ? "localhost" : bracketed(address)}:${port}`).origin;
}
