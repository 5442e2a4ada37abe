import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./env_file.ts";

/** One way to reach one server. */
export interface PostgresRoute {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly options?: string;
  readonly application_name?: string;
  readonly connectionTimeoutMillis?: number;
  readonly ssl: false | PostgresTls;
}

/** What TLS checks and shows, in Node's names. */
export interface PostgresTls {
  readonly rejectUnauthorized: boolean;
  /** PEM text; the well-known authorities if absent. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Present where any name in the certificate will do. */
  readonly checkServerIdentity?: () => undefined;
}

/** How to reach PostgreSQL: in libpq's words, from a URL and the `PG*` names. */
export interface PostgresSettings {
  /** In the order in which they are tried. */
  readonly routes: readonly PostgresRoute[];
  readonly sslMode: SslMode;
  /** Whether a server that only reads is passed over. */
  readonly primaryOnly: boolean;
  readonly channelBinding: ChannelBinding;
  /** Paths of the certificates and keys that were read. */
  readonly files: readonly string[];
}

const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type SslMode = typeof SSL_MODES[number];

const CHANNEL_BINDINGS = ["disable", "prefer", "require"] as const;
/** Whether a sign-in at the server proves that nobody sits in the middle of the connection. */
type ChannelBinding = typeof CHANNEL_BINDINGS[number];

/**
 * The parameters of libpq that are understood, with their names in the environment.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
const PARAMETERS = {
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

/** Parameters that are not: what to do instead, and the values that change nothing. */
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

/** The names in the environment that say how to reach PostgreSQL, understood or refused. */
export const POSTGRES_NAMES: readonly string[] = [
  ...Object.values(PARAMETERS),
  ...Object.values(UNSUPPORTED).flatMap(({ env }) => env ?? []),
];

/** Says in the operator's words what is wrong with how PostgreSQL is to be reached. */
class Fault extends Error {}

/** Whether the environment names a PostgreSQL server. */
export function namesPostgres(env: Environment): boolean {
  return ["PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE"].some((name) => env[name]);
}

/**
 * Reads how to reach PostgreSQL: what the URL leaves out, or all of it, comes from the `PG*` names.
 * Gives a fault instead, in which no password is repeated.
 */
export function readPostgres(
  url: string | undefined,
  env: Environment,
): PostgresSettings | { readonly fault: string } {
  try {
    const written = url === undefined ? {} : readUrl(url);
    refuseUnsupported(written, env);
    return resolve((name) => written[name] ?? (env[PARAMETERS[name]]?.trim() || undefined), env);
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

type Written = Readonly<Partial<Record<string, string>>>;

/** Not WHATWG's `URL`, which knows neither several hosts nor a user without a host. */
function readUrl(url: string): Written {
  const parts = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/
    .exec(url);
  if (!parts) throw new Fault("DATABASE_URL: postgres://user:password@host/name is allowed");
  const [, account, authority = "", dbname, query = ""] = parts;
  const [user, ...password] = account?.split(":") ?? [];
  const hosts = authority.split(",").map(hostAndPort);
  const written = {
    user,
    password: password.length > 0 ? password.join(":") : undefined,
    host: hosts.map(({ host }) => host).join(","),
    port: hosts.some(({ port }) => port) ? hosts.map(({ port }) => port).join(",") : undefined,
    dbname,
    ...Object.fromEntries(query.split("&").filter(Boolean).map(readPair)),
  };
  const decoded = Object.entries(written).filter(([, text]) => text)
    .map(([name, text]) => [name, decode(name, text!)]);
  const { ssl, ...rest } = Object.fromEntries(decoded) as Record<string, string>;
  if (ssl === undefined) return rest;
  // As JDBC has it, and libpq for its sake.
  if (ssl !== "true") throw new Fault("DATABASE_URL: ssl=true is allowed, or sslmode");
  return { sslmode: "require", ...rest };
}

function readPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  if (at < 0) throw new Fault("DATABASE_URL: after ? pairs such as sslmode=require are allowed");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function hostAndPort(text: string): { host: string; port: string } {
  const [, v6, name, port = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text) ?? [];
  if (v6 === undefined && name === undefined) {
    throw new Fault("DATABASE_URL: a host is a name, an address or [an IPv6 address], with a port");
  }
  return { host: v6 ?? name ?? "", port };
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Fault(`DATABASE_URL: its ${name} has a % that begins no escape, write it %25`);
  }
}

function refuseUnsupported(written: Written, env: Environment): void {
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

type Get = (name: Parameter) => string | undefined;

function resolve(get: Get, env: Environment): PostgresSettings {
  const sslMode = readSslMode(get);
  const tls = readTls(get, sslMode, env);
  const account = compact({
    user: get("user"),
    password: get("password"),
    database: get("dbname") ?? get("user"),
    options: get("options"),
    application_name: get("application_name"),
    connectionTimeoutMillis: readTimeout(get),
  });
  const routes = readServers(get).flatMap(({ host, port }) =>
    waysTo(host, sslMode, tls).map((ssl) => ({ host, port, ...account, ssl }))
  );
  const channelBinding = readChannelBinding(get);
  if (channelBinding === "require" && routes.some(({ ssl }) => !ssl)) {
    throw new Fault("channel_binding is require: it needs a host and sslmode=require or stricter");
  }
  const files = [rootCertificateOf(get, env), get("sslcert"), get("sslkey")]
    .filter((path) => path !== undefined);
  return { routes, sslMode, primaryOnly: readPrimaryOnly(get), channelBinding, files };
}

function waysTo(host: string, mode: SslMode, tls: PostgresTls): PostgresRoute["ssl"][] {
  if (mode === "disable" || host.startsWith("/")) return [false];
  if (mode === "allow") return [false, tls];
  return mode === "prefer" ? [tls, false] : [tls];
}

function readServers(get: Get): { host: string; port: number }[] {
  const ports = (get("port") ?? "").split(",").map((text) => readPort(text.trim()));
  const hosts = (get("host") ?? "").split(",").map((text) => text.trim());
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw new Fault(`PostgreSQL has ${hosts.length} hosts and ${ports.length} ports: give as many`);
  }
  return hosts.map((host, index) => {
    const port = ports.length === 1 ? ports[0]! : ports[index]!;
    return { host: host || defaultHost(port), port };
  });
}

function readPort(text: string): number {
  const port = text === "" ? 5432 : Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Fault(`PostgreSQL's port is "${text}": a number from 1 to 65535 is allowed`);
}

/** As psql on this machine: by a socket where there is one. */
function defaultHost(port: number): string {
  const folders = ["/var/run/postgresql", "/tmp"];
  return folders.find((folder) => existsSync(`${folder}/.s.PGSQL.${port}`)) ?? "localhost";
}

function readTimeout(get: Get): number | undefined {
  const text = get("connect_timeout");
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text)) return Number(text) * 1000;
  throw new Fault(`connect_timeout is "${text}": whole seconds are allowed`);
}

function readPrimaryOnly(get: Get): boolean {
  const text = get("target_session_attrs") ?? "any";
  if (text === "any") return false;
  if (text === "read-write" || text === "primary") return true;
  throw new Fault(
    `target_session_attrs is "${text}": any, read-write and primary are allowed, ` +
      "for Roster changes what it reads",
  );
}

function readSslMode(get: Get): SslMode {
  const system = get("sslrootcert") === "system";
  const text = get("sslmode") ?? (system ? "verify-full" : "prefer");
  const mode = SSL_MODES.find((one) => one === text);
  if (!mode) throw new Fault(`sslmode is "${text}": allowed are ${SSL_MODES.join(", ")}`);
  if (system && mode !== "verify-full") {
    throw new Fault(`sslmode is "${text}": sslrootcert=system needs sslmode=verify-full`);
  }
  return mode;
}

function readChannelBinding(get: Get): ChannelBinding {
  const text = get("channel_binding") ?? "prefer";
  const binding = CHANNEL_BINDINGS.find((one) => one === text);
  if (binding) return binding;
  throw new Fault(`channel_binding is "${text}": allowed are ${CHANNEL_BINDINGS.join(", ")}`);
}

/** @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
function readTls(get: Get, mode: SslMode, env: Environment): PostgresTls {
  const ca = readRootCertificate(get, env);
  const identity = compact({
    cert: readFile("sslcert", get("sslcert")),
    key: readFile("sslkey", get("sslkey")),
  });
  if (mode === "verify-ca" && ca === undefined) {
    throw new Fault("sslmode is verify-ca: it needs the authority's certificate in sslrootcert");
  }
  if (mode === "verify-full") return { rejectUnauthorized: true, ...compact({ ca }), ...identity };
  // For older programs, as libpq: with a certificate at hand "require" checks it.
  if (mode === "verify-ca" || (mode === "require" && ca !== undefined)) {
    const checkServerIdentity = () => undefined;
    return { rejectUnauthorized: true, ...compact({ ca }), ...identity, checkServerIdentity };
  }
  return { rejectUnauthorized: false, ...identity };
}

/** The path of the authority's certificate: libpq's own place for it counts where there is one. */
function rootCertificateOf(get: Get, { HOME }: Environment): string | undefined {
  const path = get("sslrootcert");
  if (path !== undefined) return path === "system" ? undefined : path;
  const usual = HOME && join(HOME, ".postgresql/root.crt");
  return usual && existsSync(usual) ? usual : undefined;
}

function readRootCertificate(get: Get, env: Environment): string | undefined {
  const path = rootCertificateOf(get, env);
  const pem = readFile("sslrootcert", path);
  if (pem !== undefined && !isCertificate(pem)) {
    throw new Fault(`sslrootcert is "${path}": the path of a PEM file is allowed`);
  }
  return pem;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function readFile(name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Fault(`${name} is "${path}": the path of a PEM file is allowed`);
  }
}

/** Without the names that have no value. */
function compact<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
