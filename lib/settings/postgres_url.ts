import { Fault, type Written } from "./postgres_parameters.ts";

/**
 * Reads a URL such as `postgres://user:password@host/name`. The class `URL` allows neither several
 * hosts nor a user without a host.
 *
 * @throws {Fault}
 */
export function readUrl(url: string): Written {
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
