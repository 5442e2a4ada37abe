import { type Network, parseNetwork } from "@/lib/ip_address.ts";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";

/** A text that a setting does not allow, and what it does allow. */
export class Refusal {
  /** @param shown the text without its secrets, if it may have any */
  constructor(readonly allowed: string, readonly shown?: string) {}
}

/** Turns the text of a setting into its value. */
export type Parser<T> = (text: string) => T | Refusal;

/** Reads one of a few words. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Parser<T> {
  return (text) =>
    allowed.find((word) => word === text) ?? new Refusal(`allowed are ${allowed.join(", ")}`);
}

/** Reads a whole number of a range, including both ends. */
export function integer(min: number, max: number): Parser<number> {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max
      ? number
      : new Refusal(`a whole number from ${min} to ${max} is allowed`);
  };
}

/** Reads `1` and `true`, `0` and `false`. */
export const flag: Parser<boolean> = (text) => {
  const word = oneOf("0", "1", "false", "true")(text);
  return word instanceof Refusal ? word : word === "1" || word === "true";
};

/** Reads a day. Returns its beginning, in UTC. */
export const day: Parser<Date> = (text) => {
  const date = new Date(`${text}T00:00:00Z`);
  // Days such as February 30 would be moved.
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${text}T`);
  return isDay ? date : new Refusal("a day such as 2027-01-31 is allowed");
};

/** Reads the absolute path of a folder, which need not exist yet. */
export const folder: Parser<string> = (path) =>
  isAbsolute(path) && !path.includes("\0")
    ? path.replace(/(?<=.)\/+$/, "")
    : new Refusal("an absolute path such as /var/backups/roster is allowed");

/** Reads hours of the day, separated by commas. Returns them in order. */
export const hours: Parser<readonly number[]> = (text) => {
  const items = text.split(",").map((item) => item.trim());
  return items.every((item) => /^\d{1,2}$/.test(item) && Number(item) < 24)
    ? Object.freeze([...new Set(items.map(Number))].sort((a, b) => a - b))
    : new Refusal("hours from 0 to 23 are allowed, separated by commas, such as 3 or 0, 12");
};

/** Reads a short line of text that can also be the name before an e-mail address. */
export const productName: Parser<string> = (text) =>
  /^[^\p{C}<>"]{1,40}$/v.test(text)
    ? text
    : new Refusal('a name of at most 40 characters is allowed, without <, > and "');

/** Reads addresses and networks, separated by commas. */
export const networks: Parser<readonly Network[]> = (text) => {
  const items = text.split(",").map((item) => item.trim()).filter(Boolean);
  const parsed = items.map(parseNetwork);
  const wrong = items.find((_, at) => parsed[at] === undefined);
  return wrong === undefined ? Object.freeze(parsed.filter((network) => !!network)) : new Refusal(
    "addresses and networks are allowed, separated by commas, such as 127.0.0.1, 10.0.0.0/8, ::1; " +
      `"${wrong}" is neither`,
  );
};

/** Reads the path of a PEM file with certificates. Returns its content. */
export const certificateFile: Parser<string> = (path) => {
  const refusal = new Refusal("the path of a PEM file with certificates is allowed");
  try {
    const pem = readFileSync(path, "utf8");
    new X509Certificate(pem);
    return pem;
  } catch {
    return refusal;
  }
};

/** Shorter keys could be guessed. */
const SECRET_KEY_MIN_CHARS = 32;

/** Keys of the secret box: the first encrypts, all decrypt. */
export type SecretKeys = readonly [string, ...string[]];

/** Takes keys, separated by commas. */
export const secretKeys: Parser<SecretKeys> = (text) => {
  const [first = "", ...rest] = text.split(",").map((key) => key.trim());
  const keys: SecretKeys = [first, ...rest];
  return keys.every((key) => key.length >= SECRET_KEY_MIN_CHARS)
    ? Object.freeze(keys)
    : new Refusal(
      `keys of at least ${SECRET_KEY_MIN_CHARS} characters are allowed, separated by commas: ` +
        "deno task secret makes one",
      "…",
    );
};

/** In a value that is not a URL, the password may be anywhere and contain `/` or `@`. */
export function withoutCredentials(value: string): string {
  return value.replace(/^(\w+:\/\/)?.*@/s, "$1…@").replace(/\?.*$/s, "?…");
}
