import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Network } from "./ip_address.ts";
import { type DatabaseSettings, defaultDatabase } from "./settings/database.ts";
import { SETTINGS, type SettingValues } from "./settings/declarations.ts";
import type { FtpSettings } from "./settings/ftp_url.ts";
import { Refusal } from "./settings/parsers.ts";

/** Everything that the environment decides, read once and frozen. */
export interface Settings {
  readonly appEnv: "development" | "test" | "production";
  readonly host: string;
  readonly port: number;
  /** Public origin, without a trailing slash. */
  readonly appUrl: string;
  readonly database: DatabaseSettings;
  readonly ftp: FtpSettings | undefined;
  /** Where the FTP folder is published over HTTP, without a trailing slash. */
  readonly imagePublicUrl: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly registration: "open" | "invite" | "closed";
  readonly emailVerification: "required" | "optional";
  readonly loginFailureLimit: number;
  readonly loginFailurePolicy: "lock" | "suspend";
  readonly passwordMinLength: number;
  /** zxcvbn score, 0 to 4. */
  readonly passwordMinScore: number;
  readonly sessionIdleMinutes: number;
  readonly sessionMaxHours: number;
  /** The proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy: readonly Network[];
  readonly logFormat: "pretty" | "json";
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/** What is wrong with the environment: every fault, a line each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly faults: readonly string[]) {
    super(
      `${faults.length === 1 ? "A setting is" : `${faults.length} settings are`} wrong:\n` +
        faults.map((fault) => `  ${fault}`).join("\n"),
    );
  }
}

/** Names and values, as the environment has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of this process, from `.env` and the environment, of which the latter wins.
 *
 * @throws {SettingsError} with all faults at once.
 */
export function loadSettings(): Settings {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  return readSettings({ ...file, ...Deno.env.toObject() });
}

/**
 * Reads the settings from `env`. An empty value counts as none.
 *
 * @throws {SettingsError} with all faults at once.
 */
export function readSettings(env: Environment): Settings {
  const { values, faults } = readValues(env);
  faults.push(...findConflicts(values, env));
  if (faults.length > 0) throw new SettingsError(faults);
  return Object.freeze(compose(values, env));
}

/** Reads each setting by its declaration. One that is wrong has no value. */
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

/** What is wrong though each setting by itself is right. */
function findConflicts(values: SettingValues, env: Environment): string[] {
  const faults: string[] = [];
  const production = values.APP_ENV === "production";
  if (production && textOf(env, "APP_URL") === undefined) {
    faults.push(
      "APP_URL is missing: production needs the public origin, such as https://people.example.com",
    );
  }
  const ftp = values.FTP_URL;
  if (ftp && !ftp.secure && production && !values.FTP_ALLOW_PLAINTEXT) {
    faults.push(
      `FTP_URL is "ftp://…@${ftp.host}": ` +
        "production needs ftps://, or FTP_ALLOW_PLAINTEXT=1 where the network is trusted",
    );
  }
  if (values.SMTP_URL && !values.MAIL_FROM) {
    faults.push(
      "MAIL_FROM is missing: SMTP_URL needs the sender, such as Roster <people@example.com>",
    );
  }
  return faults;
}

function compose(values: SettingValues, env: Environment): Settings {
  const production = values.APP_ENV === "production";
  const host = values.HOST ?? (production ? "0.0.0.0" : "127.0.0.1");
  return {
    appEnv: values.APP_ENV,
    host,
    port: values.PORT,
    appUrl: values.APP_URL ?? `http://${host}:${values.PORT}`,
    database: values.DATABASE_URL ?? defaultDatabase(env),
    ftp: values.FTP_URL && Object.freeze({ ...values.FTP_URL, ca: values.FTP_CA_FILE }),
    imagePublicUrl: values.IMAGE_PUBLIC_URL?.href.replace(/\/+$/, ""),
    smtpUrl: values.SMTP_URL?.href,
    mailFrom: values.MAIL_FROM ?? "Roster <roster@localhost>",
    registration: values.REGISTRATION,
    emailVerification: values.EMAIL_VERIFICATION ?? (values.SMTP_URL ? "required" : "optional"),
    loginFailureLimit: values.LOGIN_FAILURE_LIMIT,
    loginFailurePolicy: values.LOGIN_FAILURE_POLICY,
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    passwordMinScore: values.PASSWORD_MIN_SCORE,
    sessionIdleMinutes: values.SESSION_IDLE_MINUTES,
    sessionMaxHours: values.SESSION_MAX_HOURS,
    trustProxy: values.TRUST_PROXY ?? Object.freeze([]),
    logFormat: values.LOG_FORMAT ?? (production ? "json" : "pretty"),
    logLevel: values.LOG_LEVEL,
  };
}
