import { isLoopbackHost } from "@/lib/ip_address.ts";
import type { DatabaseSettings } from "./database.ts";
import type { SettingValues } from "./declarations.ts";
import type { PostgresSettings } from "./postgres.ts";

/** A rule, and the fault if it is broken. */
type Rule = readonly [isBroken: boolean, fault: string];

/** zxcvbn calls passwords with a lower score very guessable. */
const LEAST_PASSWORD_SCORE = 2;

/** Modes in which the connection to PostgreSQL may be unencrypted. */
const PLAIN_SSL_MODES: readonly string[] = ["disable", "allow", "prefer"];

/**
 * Finds what production refuses: readable connections and guessable passwords. Returns a sentence
 * for each.
 */
export function findUnsafe(values: SettingValues, database: DatabaseSettings): string[] {
  const { FTP_URL: ftp, PASSWORD_MIN_SCORE: score } = values;
  const rules: Rule[] = [
    ...insecureUrls(values).map((name): Rule => [
      !values.ALLOW_HTTP,
      `${name} begins with http:// in production: ` +
      "use https://, or set ALLOW_HTTP=1 for a trial in a network of your own",
    ]),
    [
      ftp?.tls === "none" && !values.FTP_ALLOW_PLAINTEXT,
      `FTP_URL is "ftp://…@${ftp?.host}": ` +
      "production needs ftps://, or FTP_ALLOW_PLAINTEXT=1 where the network is trusted",
    ],
    [
      ftp?.user === "anonymous",
      "FTP_URL names no user in production: write ftps://user:password@host",
    ],
    [
      isPlainDatabase(database) && !values.DATABASE_ALLOW_PLAINTEXT,
      `sslmode is "${sslModeOf(database)}" and the database is on another host: production needs ` +
      "sslmode=verify-full, or DATABASE_ALLOW_PLAINTEXT=1 where the network is trusted",
    ],
    [
      score < LEAST_PASSWORD_SCORE,
      `PASSWORD_MIN_SCORE is "${score}": production needs ${LEAST_PASSWORD_SCORE} or more`,
    ],
    ...accountsOf(values, database).map(([name, user, password]): Rule => [
      isWellKnown(user, password),
      `${name} has a password that everybody knows, "postgres" or the user's name: ` +
      "give the account a random one",
    ]),
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, fault]) => fault);
}

/** Names the addresses without TLS that browsers on other machines use. */
export function insecureUrls({ APP_URL, IMAGE_PUBLIC_URL }: SettingValues): string[] {
  return Object.entries({ APP_URL, IMAGE_PUBLIC_URL })
    .filter(([, text]) => isInsecure(text))
    .map(([name]) => name);
}

/** Whether the connection to a PostgreSQL on another host may stay unencrypted. */
export function isPlainDatabase(database: DatabaseSettings): boolean {
  return database.kind === "postgres" && PLAIN_SSL_MODES.includes(database.server.sslMode) &&
    isElsewhere(database.server);
}

function isElsewhere({ routes }: PostgresSettings): boolean {
  return routes.some(({ host }) => !host.startsWith("/") && !isLoopbackHost(host));
}

function isInsecure(text: string | undefined): boolean {
  const url = text === undefined ? undefined : new URL(text);
  return url?.protocol === "http:" && !isLoopbackHost(url.hostname);
}

function sslModeOf(database: DatabaseSettings): string | undefined {
  return database.kind === "postgres" ? database.server.sslMode : undefined;
}

type Account = readonly [setting: string, user: string | undefined, password: string | undefined];

function accountsOf({ FTP_URL, SMTP_URL }: SettingValues, database: DatabaseSettings): Account[] {
  const route = database.kind === "postgres" ? database.server.routes[0] : undefined;
  return [
    ["DATABASE_URL or PGPASSWORD", route?.user, route?.password],
    ["FTP_URL", FTP_URL?.user, FTP_URL?.password],
    ["SMTP_URL", SMTP_URL?.account?.user, SMTP_URL?.account?.password],
  ];
}

function isWellKnown(user: string | undefined, password: string | undefined): boolean {
  return password !== undefined && password !== "" &&
    (password === "postgres" || password === user);
}
