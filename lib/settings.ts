import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** Where the tables live. */
export type DatabaseSettings =
  | { readonly kind: "postgres"; /** Absent: the `PG*` names alone. */ readonly url?: string }
  | { readonly kind: "pglite"; /** A folder, or `memory`. */ readonly path: string };

/** Where avatars are sent. */
export interface FtpSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Folder on the server under which everything is kept; starts with `/`. */
  readonly baseDir: string;
  /** Explicit TLS. */
  readonly secure: boolean;
  /** PEM text of the authority that signed the server's certificate, where it is not a public one. */
  readonly ca: string | undefined;
}

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
  /** Addresses of the proxies whose `X-Forwarded-*` is believed. */
  readonly trustProxy: readonly string[];
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
  const read = new Reader(env);
  const appEnv = read.oneOf("APP_ENV", ["development", "test", "production"], "development");
  const production = appEnv === "production";
  const host = read.text("HOST", production ? "0.0.0.0" : "127.0.0.1");
  const port = read.integer("PORT", 8000, 0, 65_535);
  const smtpUrl = read.url(
    "SMTP_URL",
    ["smtp:", "smtps:"],
    "smtps://user:password@mail.example.com",
  )
    ?.href;
  const settings: Settings = {
    appEnv,
    host,
    port,
    appUrl: readAppUrl(read, production, `http://${host}:${port}`),
    database: readDatabase(read),
    ftp: readFtp(read, production),
    imagePublicUrl: read.url("IMAGE_PUBLIC_URL", ["https:", "http:"], "https://images.example.com")
      ?.href.replace(/\/+$/, ""),
    smtpUrl,
    mailFrom: readMailFrom(read, smtpUrl !== undefined),
    registration: read.oneOf("REGISTRATION", ["open", "invite", "closed"], "open"),
    emailVerification: read.oneOf(
      "EMAIL_VERIFICATION",
      ["required", "optional"],
      smtpUrl ? "required" : "optional",
    ),
    loginFailureLimit: read.integer("LOGIN_FAILURE_LIMIT", 5, 1, 100),
    loginFailurePolicy: read.oneOf("LOGIN_FAILURE_POLICY", ["lock", "suspend"], "lock"),
    passwordMinLength: read.integer("PASSWORD_MIN_LENGTH", 8, 8, 128),
    passwordMinScore: read.integer("PASSWORD_MIN_SCORE", 3, 0, 4),
    sessionIdleMinutes: read.integer("SESSION_IDLE_MINUTES", 120, 1, 525_600),
    sessionMaxHours: read.integer("SESSION_MAX_HOURS", 720, 1, 8_760),
    trustProxy: Object.freeze(read.list("TRUST_PROXY")),
    logFormat: read.oneOf("LOG_FORMAT", ["pretty", "json"], production ? "json" : "pretty"),
    logLevel: read.oneOf("LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
  };
  if (read.faults.length > 0) throw new SettingsError(read.faults);
  return Object.freeze(settings);
}

/** Reads typed values and collects what is wrong with them. */
class Reader {
  readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  get(name: string): string | undefined {
    return this.env[name]?.trim() || undefined;
  }

  fault(name: string, allowed: string, shown = this.get(name)): void {
    this.faults.push(`${name} is ${shown === undefined ? "missing" : `"${shown}"`}: ${allowed}`);
  }

  text(name: string, fallback: string): string {
    return this.get(name) ?? fallback;
  }

  list(name: string): string[] {
    return (this.get(name) ?? "").split(",").map((item) => item.trim()).filter(Boolean);
  }

  oneOf<const T extends string>(name: string, allowed: readonly T[], fallback: NoInfer<T>): T {
    const value = this.get(name);
    if (value === undefined) return fallback;
    const found = allowed.find((item) => item === value);
    if (found === undefined) this.fault(name, `allowed are ${allowed.join(", ")}`);
    return found ?? fallback;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.get(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    this.fault(name, `a whole number from ${min} to ${max} is allowed`);
    return fallback;
  }

  /** The value is not repeated in a fault: it may hold a password. */
  url(name: string, protocols: readonly string[], example: string): URL | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const url = URL.parse(value);
    if (url && protocols.includes(url.protocol) && hasReadableEscapes(url)) return url;
    this.fault(name, `a URL such as ${example} is allowed`, withoutCredentials(value));
    return undefined;
  }
}

/** Whether each `%` of the URL begins an escape that means something. */
function hasReadableEscapes(url: URL): boolean {
  try {
    decodeURIComponent(url.href);
    return true;
  } catch {
    return false;
  }
}

/** A value that is no URL may have its password anywhere, with a `/` or `@` in it. */
function withoutCredentials(value: string): string {
  return value.replace(/^(\w+:\/\/)?.*@/s, "$1…@").replace(/\?.*$/s, "?…");
}

function readAppUrl(read: Reader, production: boolean, fallback: string): string {
  const url = read.url("APP_URL", ["http:", "https:"], "https://people.example.com");
  if (production && read.get("APP_URL") === undefined) {
    read.fault("APP_URL", "production needs the public origin, such as https://people.example.com");
  }
  if (url && url.origin !== url.href.replace(/\/$/, "")) {
    read.fault("APP_URL", "an origin without path, query or password is allowed");
  }
  return url?.origin ?? fallback;
}

function readDatabase(read: Reader): DatabaseSettings {
  const value = read.get("DATABASE_URL");
  if (value === undefined) {
    return read.get("PGHOST") || read.get("PGDATABASE")
      ? { kind: "postgres" }
      : { kind: "pglite", path: ".data/db" };
  }
  if (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) {
    return { kind: "postgres", url: value };
  }
  const path = /^pglite:(.+)$/.exec(value)?.[1];
  if (path !== undefined) return { kind: "pglite", path };
  read.fault(
    "DATABASE_URL",
    "postgres://user:password@host/name, pglite:FOLDER or pglite:memory is allowed",
    withoutCredentials(value),
  );
  return { kind: "pglite", path: "memory" };
}

function readFtp(read: Reader, production: boolean): FtpSettings | undefined {
  const allowPlain = read.oneOf("FTP_ALLOW_PLAINTEXT", ["0", "1"], "0") === "1";
  const url = read.url(
    "FTP_URL",
    ["ftps:", "ftp:"],
    "ftps://user:password@ftp.example.com/avatars",
  );
  if (!url) return undefined;
  const secure = url.protocol === "ftps:";
  if (!secure && production && !allowPlain) {
    read.fault(
      "FTP_URL",
      "production needs ftps://, or FTP_ALLOW_PLAINTEXT=1 where the network is trusted",
      withoutCredentials(url.href),
    );
  }
  return Object.freeze({
    host: url.hostname,
    port: url.port === "" ? 21 : Number(url.port),
    user: decodeURIComponent(url.username) || "anonymous",
    password: decodeURIComponent(url.password),
    baseDir: decodeURIComponent(url.pathname).replace(/\/+$/, "") || "/",
    secure,
    ca: readCertificate(read, "FTP_CA_FILE"),
  });
}

function readCertificate(read: Reader, name: string): string | undefined {
  const file = read.get(name);
  if (file === undefined) return undefined;
  if (existsSync(file)) return readFileSync(file, "utf8");
  read.fault(name, "the path of a PEM file is allowed");
  return undefined;
}

function readMailFrom(read: Reader, required: boolean): string {
  const value = read.get("MAIL_FROM");
  if (value === undefined && required) {
    read.fault("MAIL_FROM", "SMTP_URL needs the sender, such as Roster <people@example.com>");
  }
  return value ?? "Roster <roster@localhost>";
}
