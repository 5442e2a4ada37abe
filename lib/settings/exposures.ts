import { isLoopbackHost } from "@/lib/ip_address.ts";
import type { DatabaseSettings } from "./database.ts";
import type { SettingValues } from "./declarations.ts";
import { isPlainDatabase } from "./production.ts";

/** A connection that others may read or answer, and what to do about it. */
export interface Exposure {
  /** Its name in a report. */
  readonly check: string;
  readonly detail: string;
  readonly advice: string;
}

/** Where a server of production listens if nothing is set. */
const EVERYWHERE = "0.0.0.0";

/** Finds the connections that others on the way may read, or answer instead of the server. */
export function findExposures(values: SettingValues, database: DatabaseSettings): Exposure[] {
  const ofDatabase = findUncheckedDatabase(database, values.APP_ENV);
  return values.APP_ENV === "production"
    ? [...ofDatabase, ...findPlaintext(values), ...findPlainPort(values)]
    : ofDatabase;
}

/** Beside the proxy that speaks TLS, others may reach the application itself, which does not. */
function findPlainPort({ APP_URL, HOST: host = EVERYWHERE, PORT }: SettingValues): Exposure[] {
  if (APP_URL?.startsWith("https:") !== true || isLoopbackHost(host)) return [];
  return [{
    check: "Open port",
    detail: `HOST is ${host}: other machines may reach port ${PORT} without TLS`,
    advice: "Set HOST=127.0.0.1 if the proxy is on this machine, or let only the proxy reach it",
  }];
}

function findPlaintext(
  { FTP_URL: ftp, SMTP_URL: smtp, SMTP_ALLOW_PLAINTEXT }: SettingValues,
): Exposure[] {
  const exposures: Exposure[] = [];
  if (ftp?.tls === "none") {
    exposures.push({
      check: "FTP encryption",
      detail: "FTP_URL is ftp://: its password can be read on the way",
      advice: "Use ftps:// where the server has it",
    });
  }
  if (smtp?.tls === "starttls" && SMTP_ALLOW_PLAINTEXT) {
    exposures.push({
      check: "Mail encryption",
      detail: "SMTP_ALLOW_PLAINTEXT is set: letters and their links may be read on the way",
      advice: "Use smtps://, or a server with STARTTLS",
    });
  }
  return exposures;
}

/** The check of {@linkcode findExposures} that also a start reports. */
export const DATABASE_ENCRYPTION = "Database encryption";

const VERIFY = "Set sslmode=verify-full, and sslrootcert to the certificate of a private authority";

function findUncheckedDatabase(
  database: DatabaseSettings,
  appEnv: SettingValues["APP_ENV"],
): Exposure[] {
  if (database.kind === "pglite") return [];
  const { sslMode, routes } = database.server;
  const check = DATABASE_ENCRYPTION;
  const isUnchecked = routes.some(({ ssl }) => ssl !== false && !ssl.rejectUnauthorized);
  if (sslMode === "require" && isUnchecked) {
    const detail = "sslmode=require encrypts and checks no certificate: " +
      "another server could answer in the database's place";
    return [{ check, detail, advice: VERIFY }];
  }
  if (appEnv !== "production" || !isPlainDatabase(database)) return [];
  const detail = `sslmode=${sslMode}: the password and all data can be read on the way`;
  return [{ check, detail, advice: VERIFY }];
}
