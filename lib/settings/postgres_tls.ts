import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./env_file.ts";
import { compact, Fault, type Get } from "./postgres_parameters.ts";

/** What TLS checks and presents, with Node's names. */
export interface PostgresTls {
  readonly rejectUnauthorized: boolean;
  /** PEM text. If absent, the well-known authorities. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Present if the certificate may have any name. */
  readonly checkServerIdentity?: () => undefined;
}

const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
/** How far TLS is required and checked. */
export type SslMode = typeof SSL_MODES[number];

/**
 * Returns the ways to connect to a host, in the order in which they are tried: `false` is without
 * TLS.
 */
export function waysTo(host: string, mode: SslMode, tls: PostgresTls): (false | PostgresTls)[] {
  if (mode === "disable" || host.startsWith("/")) return [false];
  if (mode === "allow") return [false, tls];
  return mode === "prefer" ? [tls, false] : [tls];
}

/** Reads `sslmode`. @throws {Fault} */
export function readSslMode(get: Get): SslMode {
  const system = get("sslrootcert") === "system";
  const text = get("sslmode") ?? (system ? "verify-full" : "prefer");
  const mode = SSL_MODES.find((one) => one === text);
  if (!mode) throw new Fault(`sslmode is "${text}": allowed are ${SSL_MODES.join(", ")}`);
  if (system && mode !== "verify-full") {
    throw new Fault(`sslmode is "${text}": sslrootcert=system needs sslmode=verify-full`);
  }
  return mode;
}

/**
 * Reads what TLS checks and shows.
 *
 * @throws {Fault}
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export function readTls(get: Get, mode: SslMode, env: Environment): PostgresTls {
  const ca = readRootCertificate(get, env);
  const identity = compact({
    cert: readFile("sslcert", get("sslcert")),
    key: readFile("sslkey", get("sslkey")),
  });
  if (mode === "verify-ca" && ca === undefined) {
    throw new Fault("sslmode is verify-ca: it needs the authority's certificate in sslrootcert");
  }
  if (mode === "verify-full") return { rejectUnauthorized: true, ...compact({ ca }), ...identity };
  // Like libpq, for older programs: "require" checks the certificate if the authority's is there.
  if (mode === "verify-ca" || (mode === "require" && ca !== undefined)) {
    const checkServerIdentity = () => undefined;
    return { rejectUnauthorized: true, ...compact({ ca }), ...identity, checkServerIdentity };
  }
  return { rejectUnauthorized: false, ...identity };
}

/**
 * Returns the path of the authority's certificate. Without a setting, that is libpq's usual one if
 * it exists.
 */
export function rootCertificateOf(get: Get, { HOME }: Environment): string | undefined {
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
