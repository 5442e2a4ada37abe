import { type Network, parseNetwork } from "@/lib/ip_address.ts";
import { existsSync, readFileSync } from "node:fs";

/** Says that a text is no value of a setting, and what would be one. */
export class Refusal {
  /** @param shown the text without its secrets, where it may hold some */
  constructor(readonly allowed: string, readonly shown?: string) {}
}

/** Turns the text of a setting into its value. */
export type Parser<T> = (text: string) => T | Refusal;

/** Takes every text. */
export const text: Parser<string> = (value) => value;

/** Takes one of a few words. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Parser<T> {
  return (text) =>
    allowed.find((word) => word === text) ?? new Refusal(`allowed are ${allowed.join(", ")}`);
}

/** Takes a whole number of that range, both ends included. */
export function integer(min: number, max: number): Parser<number> {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max
      ? number
      : new Refusal(`a whole number from ${min} to ${max} is allowed`);
  };
}

/** Takes `1` and `0`. */
export const flag: Parser<boolean> = (text) =>
  text === "1" || (text === "0" ? false : new Refusal("allowed are 0, 1"));

/** Takes addresses and networks, by commas. */
export const networks: Parser<readonly Network[]> = (text) => {
  const items = text.split(",").map((item) => item.trim()).filter(Boolean);
  const parsed = items.map(parseNetwork);
  const wrong = items.find((_, at) => parsed[at] === undefined);
  return wrong === undefined ? Object.freeze(parsed.filter((network) => !!network)) : new Refusal(
    "addresses and networks are allowed, separated by commas, such as 127.0.0.1, 10.0.0.0/8, ::1; " +
      `"${wrong}" is neither`,
  );
};

/** Takes a URL. A refusal does not repeat what may be a password. */
export function url(protocols: readonly string[], example: string): Parser<URL> {
  return (text) => {
    const url = URL.parse(text);
    return url && protocols.includes(url.protocol) && hasReadableEscapes(url)
      ? url
      : new Refusal(`a URL such as ${example} is allowed`, withoutCredentials(text));
  };
}

/** Takes an origin, and gives it without a trailing slash. */
export const origin: Parser<string> = (text) => {
  const parsed = url(["http:", "https:"], "https://people.example.com")(text);
  if (parsed instanceof Refusal) return parsed;
  return parsed.origin === parsed.href.replace(/\/$/, "") ? parsed.origin : new Refusal(
    "an origin without path, query or password is allowed",
    withoutCredentials(text),
  );
};

/** Takes the path of a PEM file, and gives what is in it. */
export const certificateFile: Parser<string> = (path) =>
  existsSync(path) ? readFileSync(path, "utf8") : new Refusal("the path of a PEM file is allowed");

/** A value that is no URL may have its password anywhere, with a `/` or `@` in it. */
export function withoutCredentials(value: string): string {
  return value.replace(/^(\w+:\/\/)?.*@/s, "$1…@").replace(/\?.*$/s, "?…");
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
