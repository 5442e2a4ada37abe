import { existsSync } from "node:fs";
import type { Environment } from "./env_file.ts";
import { compact, Fault, type Get, PARAMETERS, refuseUnsupported } from "./postgres_parameters.ts";
import {
  type PostgresTls,
  readSslMode,
  readTls,
  rootCertificateOf,
  type SslMode,
  waysTo,
} from "./postgres_tls.ts";
import { readUrl } from "./postgres_url.ts";

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

/** How to reach PostgreSQL: in libpq's words, from a URL and the `PG*` names. */
export interface PostgresSettings {
  /** In the order in which they are tried. */
  readonly routes: readonly PostgresRoute[];
  readonly sslMode: SslMode;
  /** Whether read-only servers are skipped. */
  readonly primaryOnly: boolean;
  readonly channelBinding: ChannelBinding;
  /** Paths of the certificates and keys that were read. */
  readonly files: readonly string[];
}

const CHANNEL_BINDINGS = ["disable", "prefer", "require"] as const;
/** Whether signing in proves that nobody is in the middle of the connection. */
type ChannelBinding = typeof CHANNEL_BINDINGS[number];

/** Whether the environment names a PostgreSQL server. */
export function namesPostgres(env: Environment): boolean {
  return ["PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE"].some((name) => env[name]);
}

/**
 * Reads how to reach PostgreSQL from the URL, and from the `PG*` names for what the URL leaves out.
 * Returns a fault if something is wrong, without any password.
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

/** Returns the folder of a socket if there is one, like psql, or else this machine. */
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

function readChannelBinding(get: Get): ChannelBinding {
  const text = get("channel_binding") ?? "prefer";
  const binding = CHANNEL_BINDINGS.find((one) => one === text);
  if (binding) return binding;
  throw new Fault(`channel_binding is "${text}": allowed are ${CHANNEL_BINDINGS.join(", ")}`);
}
