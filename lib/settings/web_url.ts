import { host } from "./endpoint.ts";
import { type Parser, Refusal, withoutCredentials } from "./parsers.ts";

/** Reads the web address of a folder. Returns it without a trailing slash. */
export const webFolder: Parser<string> = (text) => {
  const url = webUrl(text);
  return url === undefined || text.includes("?") || text.includes("#")
    ? new Refusal("a URL such as https://images.example.com is allowed", withoutCredentials(text))
    : url.href.replace(/\/+$/, "");
};

/** Reads an origin. Returns it without a trailing slash. */
export const origin: Parser<string> = (text) => {
  const url = webUrl(text);
  return url !== undefined && url.origin === url.href.replace(/\/$/, "") ? url.origin : new Refusal(
    "an origin such as https://people.example.com is allowed, without path, query or password",
    withoutCredentials(text),
  );
};

function webUrl(text: string): URL | undefined {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  const isPlain = url?.username === "" && url.password === "";
  return url && isPlain && !(host(url.hostname) instanceof Refusal) ? url : undefined;
}
