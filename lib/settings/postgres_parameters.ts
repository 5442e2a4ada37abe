import type { Environment } from "./env_file.ts";

/**
 * The supported parameters of libpq, with their names in the environment.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
export const PARAMETERS = {
  host: "PGHOST",
  port: "PGPORT",
  dbname: "PGDATABASE",
  user: "PGUSER",
  password: "PGPASSWORD",
  options: "PGOPTIONS",
  application_name: "PGAPPNAME",
  connect_timeout: "PGCONNECT_TIMEOUT",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  channel_binding: "PGCHANNELBINDING",
  target_session_attrs: "PGTARGETSESSIONATTRS",
} as const;
type Parameter = keyof typeof PARAMETERS;

/** Unsupported parameters: what to do instead, and the values that change nothing. */
const UNSUPPORTED: Readonly<Record<string, { env?: string; advice?: string; same?: string[] }>> = {
  hostaddr: { env: "PGHOSTADDR", advice: "name the address as the host" },
  passfile: { env: "PGPASSFILE", advice: "give the password in DATABASE_URL or PGPASSWORD" },
  service: { env: "PGSERVICE", advice: "write what it says as DATABASE_URL" },
  servicefile: { env: "PGSERVICEFILE", advice: "write what it says as DATABASE_URL" },
  gssencmode: {
    env: "PGGSSENCMODE",
    advice: "use TLS",
    same: ["disable", "prefer"],
  },
  client_encoding: { env: "PGCLIENTENCODING", same: ["UTF8", "utf8", "UTF-8", "auto"] },
  sslnegotiation: { env: "PGSSLNEGOTIATION", same: ["postgres"] },
  sslcompression: { env: "PGSSLCOMPRESSION", same: ["0"] },
  sslcrl: { env: "PGSSLCRL" },
  sslcrldir: { env: "PGSSLCRLDIR" },
  sslcertmode: { env: "PGSSLCERTMODE", same: ["allow"] },
  sslsni: { env: "PGSSLSNI", same: ["1"] },
  ssl_min_protocol_version: { env: "PGSSLMINPROTOCOLVERSION", same: ["TLSv1.2"] },
  ssl_max_protocol_version: { env: "PGSSLMAXPROTOCOLVERSION", same: ["TLSv1.3"] },
  requiressl: { env: "PGREQUIRESSL", advice: "use sslmode=require", same: ["0"] },
  requirepeer: { env: "PGREQUIREPEER" },
  require_auth: { env: "PGREQUIREAUTH" },
  krbsrvname: { env: "PGKRBSRVNAME" },
  load_balance_hosts: { env: "PGLOADBALANCEHOSTS", same: ["disable"] },
  uselibpqcompat: { same: ["true"] },
};

/** All names in the environment that say how to reach PostgreSQL, supported or not. */
export const POSTGRES_NAMES: readonly string[] = [
  ...Object.values(PARAMETERS),
  ...Object.values(UNSUPPORTED).flatMap(({ env }) => env ?? []),
];

/** What is wrong with the settings of PostgreSQL, in the operator's words. */
export class Fault extends Error {}

/** Values by the name of their parameter. */
export type Written = Readonly<Partial<Record<string, string>>>;

/** Returns the value of a parameter. */
export type Get = (name: Parameter) => string | undefined;

/**
 * Refuses unsupported parameters, unless their value changes nothing.
 *
 * @throws {Fault}
 */
export function refuseUnsupported(written: Written, env: Environment): void {
  for (const [name, text] of Object.entries(written)) {
    if (name in PARAMETERS || UNSUPPORTED[name]?.same?.includes(text!)) continue;
    throw new Fault(`DATABASE_URL has ${name}: ${adviceFor(name)}`);
  }
  for (const [name, { env: variable, same }] of Object.entries(UNSUPPORTED)) {
    const text = variable && env[variable]?.trim();
    if (!text || name in written || same?.includes(text)) continue;
    throw new Fault(`${variable} is set: ${adviceFor(name)}`);
  }
}

function adviceFor(name: string): string {
  const advice = UNSUPPORTED[name]?.advice ?? "leave it out";
  return `Roster does not know it, ${advice}`;
}

/** Leaves out the names that have no value. */
export function compact<T extends object>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
