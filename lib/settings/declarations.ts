import { databaseUrl } from "./database.ts";
import { host } from "./endpoint.ts";
import { ftpUrl } from "./ftp_url.ts";
import { hashFile } from "./hash_list.ts";
import { mailbox, smtpUrl } from "./mail.ts";
import {
  certificateFile,
  day,
  flag,
  folder,
  hours,
  integer,
  networks,
  oneOf,
  type Parser,
  productName,
  type Refusal,
  secretKeys,
} from "./parsers.ts";
import { origin, webFolder } from "./web_url.ts";

/** A setting: how it is read, and its description in the README. */
export interface Setting<T> {
  /** As Markdown. */
  readonly default: string;
  /** As Markdown. */
  readonly meaning: string;
  /** Returns the value of a text, or the default if there is none. */
  read(text: string | undefined): T | Refusal;
}

/** Declares a setting with a default value. */
function setting<T>(parse: Parser<T>, fallback: string, meaning: string): Setting<T> {
  return { default: `\`${fallback}\``, meaning, read: (text = fallback) => parse(text) };
}

/** Declares a setting that may be absent, or whose default follows from other settings. */
function optional<T>(parse: Parser<T>, fallback: string, meaning: string): Setting<T | undefined> {
  return {
    default: fallback,
    meaning,
    read: (text) => text === undefined ? undefined : parse(text),
  };
}

/** All settings, by name, in the order of the README. */
export const SETTINGS = {
  APP_NAME: setting(
    productName,
    "Roster",
    "the product's name, on pages and in e-mails. Passwords made of it are weak. Cookies are named " +
      "after it, so everybody signs in again after a change",
  ),
  APP_ENV: setting(
    oneOf("development", "test", "production"),
    "development",
    "`development`, `test`, `production`",
  ),
  HOST: optional(
    host,
    "`127.0.0.1` (production: `0.0.0.0`)",
    "the address to listen on, such as `::1`; `::` and `0.0.0.0` are all of the machine's",
  ),
  PORT: setting(integer(0, 65_535), "8000", "the port to listen on"),
  APP_URL: optional(
    origin,
    "`http://localhost:PORT`, or the address of `HOST`",
    "the public origin: in letters, against forged requests, and https makes cookies `Secure`. " +
      "Production needs it, with https unless the host is this machine",
  ),
  ALLOW_HTTP: setting(
    flag,
    "0",
    "`1` lets production use an `http://` address: for a trial in a network of your own",
  ),
  DENO_JOBS: optional(
    integer(1, 256),
    "the number of cores",
    "threads that serve, on PostgreSQL and Linux",
  ),
  SHUTDOWN_NOTICE_SECONDS: optional(
    integer(0, 300),
    "`1` (production: `5`)",
    "how long a server that is told to end goes on taking requests, while `/readyz` says 503",
  ),
  DATABASE_URL: optional(
    databaseUrl,
    "`pglite:.data/db`",
    "`postgres://…`, `pglite:FOLDER` or `pglite:memory`; `PGHOST` and its kin work as everywhere",
  ),
  DATABASE_ALLOW_PLAINTEXT: setting(
    flag,
    "0",
    "`1` lets production use a database on another host with an `sslmode` below `require`",
  ),
  FTP_URL: optional(
    ftpUrl,
    "none",
    "`ftps://user:password@host:port/base/dir`, or `ftp://…` without TLS; " +
      "see [below](#avatars-on-ftp). Production needs a user. Without it avatars stay in the " +
      "database",
  ),
  FTP_CA_FILE: optional(
    certificateFile,
    "none",
    "PEM file of the authority that signed the FTP server's certificate, if it is a private one",
  ),
  FTP_ALLOW_PLAINTEXT: setting(flag, "0", "`1` lets production use `ftp://`"),
  IMAGE_PUBLIC_URL: optional(
    webFolder,
    "none",
    "where the FTP folder is published over HTTP, if it is",
  ),
  SMTP_URL: optional(
    smtpUrl,
    "none",
    "`smtps://user:password@host:port`, or `smtp://…`, which begins TLS with STARTTLS (production " +
      "insists on it). Without it letters are written to `.data/outbox`",
  ),
  SMTP_CA_FILE: optional(
    certificateFile,
    "none",
    "PEM file of the authority that signed the mail server's certificate, if it is a private one",
  ),
  SMTP_ALLOW_PLAINTEXT: setting(
    flag,
    "0",
    "`1` lets production send letters without TLS where the server has no STARTTLS",
  ),
  MAIL_FROM: optional(
    mailbox,
    "none",
    "the sender of letters, such as `Roster <people@example.com>`. `SMTP_URL` needs it",
  ),
  MAIL_UNKNOWN_ADDRESSES: setting(
    flag,
    "0",
    "`1` answers a request for a new password with an e-mail even if no account has the address",
  ),
  REGISTRATION: setting(
    oneOf("open", "invite", "closed"),
    "open",
    "`open`, `invite`, `closed`: whether visitors may register. Admins can invite people with each",
  ),
  EMAIL_VERIFICATION: optional(
    oneOf("required", "optional"),
    "`required` with `SMTP_URL`, else `optional`",
    "when required, nobody learns from `/register` which addresses have an account",
  ),
  SECRET_KEY: optional(
    secretKeys,
    "made in `.data/secret_key` in development, else none",
    "encrypts second factors in the database: a text of at least 32 characters, which " +
      "`deno task secret` makes. Several by commas: the first encrypts, all decrypt. Without it " +
      "no second factor is offered",
  ),
  TWO_FACTOR: setting(
    oneOf("optional", "admins", "all"),
    "optional",
    "who needs a second factor, an authenticator or a passkey: nobody, `admins` (with support) or " +
      "`all`. Without one they can only set one up",
  ),
  TWO_FACTOR_FROM: optional(
    day,
    "at once",
    "the day (UTC), such as `2027-01-31`, from which `TWO_FACTOR` holds. Until then pages remind",
  ),
  IMPERSONATION: setting(
    oneOf("on", "off"),
    "off",
    "`on` lets admins view as a user for an hour; see [security](docs/security.md#viewing-as-a-user)",
  ),
  LOGIN_FAILURE_LIMIT: setting(integer(1, 100), "5", "failures before the policy sets in"),
  LOGIN_FAILURE_POLICY: setting(
    oneOf("lock", "suspend"),
    "lock",
    "`lock`: for a time that doubles; " +
      "`suspend`: until an admin activates (admins are locked instead)",
  ),
  DORMANT_AFTER_DAYS: optional(
    integer(30, 3_650),
    "off",
    "days without a sign-in after which users are suspended, with two e-mails before; see " +
      "[dormant accounts](docs/security.md#dormant-accounts)",
  ),
  PASSWORD_MIN_LENGTH: setting(integer(8, 128), "8", "characters"),
  PASSWORD_MIN_SCORE: setting(
    integer(0, 4),
    "3",
    "zxcvbn's score, 0 to 4 (production: 2 to 4); there are no rules of composition",
  ),
  BREACHED_PASSWORDS_FILE: optional(
    hashFile,
    "none",
    "a sorted list of the SHA-1 hashes of passwords that nobody may choose; " +
      "[how to get it](docs/deployment.md#passwords-from-data-breaches)",
  ),
  SESSION_IDLE_MINUTES: setting(integer(1, 525_600), "120", "when an unused session ends"),
  SESSION_MAX_HOURS: setting(integer(1, 8_760), "720", "when a session ends even if it is used"),
  AUDIT_SIGN_IN_DAYS: setting(
    integer(30, 3_650),
    "90",
    "how long the audit log keeps sign-ins, failed ones and refused requests",
  ),
  AUDIT_DAYS: setting(
    integer(365, 36_500),
    "730",
    "how long the audit log keeps everything else",
  ),
  BACKUP_FOLDER: optional(
    folder,
    "off",
    "the absolute path of a folder, on another disk than the database's, where the server makes " +
      "[backups](docs/deployment.md#backups)",
  ),
  BACKUP_HOURS: setting(
    hours,
    "3",
    "the hours of the day (UTC) at which it does, such as `3` or `0, 6, 12, 18`",
  ),
  BACKUPS_KEPT: setting(integer(1, 1_000), "14", "how many backups the folder keeps"),
  TRUST_PROXY: optional(
    networks,
    "none",
    "proxies whose `X-Forwarded-For` is believed: addresses and networks, by commas, " +
      "such as `127.0.0.1, 10.0.0.0/8, ::1`",
  ),
  LOG_FORMAT: optional(
    oneOf("pretty", "json"),
    "`pretty` (production: `json`)",
    "lines for people or for programs",
  ),
  LOG_AUDIT: optional(
    flag,
    "`0` (production: `1`)",
    "whether each entry of the audit log is also a line of the log: numbers, but no names and values",
  ),
  LOG_LEVEL: setting(
    oneOf("debug", "info", "warn", "error"),
    "info",
    "`debug`, `info`, `warn`, `error`",
  ),
} as const;

/** Names a setting. */
export type SettingName = keyof typeof SETTINGS;

/** The values of all settings, by name. */
export type SettingValues = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never;
};
