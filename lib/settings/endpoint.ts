import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { unbracketed } from "@/lib/ip_address.ts";
import { type Parser, Refusal, withoutCredentials } from "./parsers.ts";

/** The parts of a URL of a server that does not speak HTTP. */
export interface Endpoint {
  /** Without a colon. */
  readonly scheme: string;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string;
  readonly password: string;
  /** With the leading slash, or empty. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_][a-z0-9_-]*)*\.?$/;

// deno-lint-ignore no-control-regex -- they would end a command of the protocol
const CONTROL = /[\0-\x1f\x7f]/;

/** Reads a host name or an address, with or without brackets. Returns it without. */
export const host: Parser<string> = (text) =>
  hostOf(text) ?? new Refusal("a host name or an address is allowed, such as 127.0.0.1 or ::1");

/** Reads a URL of these schemes. A refusal does not repeat what may be a password. */
export function endpoint(schemes: readonly string[], example: string): Parser<Endpoint> {
  return (text) =>
    readEndpoint(text, schemes) ?? new Refusal(
      `a URL such as ${example} is allowed; ` +
        "in the password write %2F for /, %3F for ?, %23 for #, %40 for @ and %25 for %",
      withoutCredentials(text),
    );
}

function hostOf(text: string): string | undefined {
  const bare = unbracketed(text);
  if (isIP(bare) !== 0) return bare;
  const ascii = domainToASCII(text);
  // Only numbers: not a valid address, such as 300.1.1.1 or one with a part missing.
  return HOST_NAME.test(ascii) && !/^[\d.]+$/.test(ascii) ? ascii : undefined;
}

/** `URL` leaves the parts of an unknown scheme as they were written. */
function readEndpoint(text: string, schemes: readonly string[]): Endpoint | undefined {
  const [, written = "", rest = ""] = /^([a-z]+):(\/\/.*)$/is.exec(text) ?? [];
  const scheme = schemes.find((one) => one === written.toLowerCase());
  const url = URL.parse(`endpoint:${rest}`);
  if (scheme === undefined || !url || text.includes("#") || url.port === "0") return undefined;
  const [hostname, user, password, path] = [url.hostname, url.username, url.password, url.pathname]
    .map(decoded);
  const host = hostOf(hostname ?? "");
  if (host === undefined || user === undefined || password === undefined) return undefined;
  if (path === undefined) return undefined;
  const port = url.port === "" ? undefined : Number(url.port);
  return { scheme, host, port, user, password, path, query: url.searchParams };
}

/**
 * Decodes a part. Returns `undefined` if an escape is invalid or stands for a forbidden character.
 */
function decoded(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
