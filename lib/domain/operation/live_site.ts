import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { text } from "node:stream/consumers";

/** What a visitor asks. */
export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the site answered. */
export interface LiveAnswer {
  /** Such as `GET /login`. */
  readonly asked: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An installation, seen by a visitor who is not signed in. */
export interface LiveSite {
  readonly url: URL;
  /** PEM text of the authority of its certificate, if it is a private one. */
  readonly ca: string | undefined;
  /** Asks once. The same question again gives the same answer. */
  ask(question: Question): Promise<LiveAnswer>;
  /** Asks on the port for http. `undefined` if nobody listens there. */
  askPlainly(question: Question): Promise<LiveAnswer | undefined>;
}

/** What a visitor is, when it asks for pages or for JSON. */
export const PAGE = { accept: "text/html" };
export const JSON_ONLY = { accept: "application/json" };

/** Looks at the site at `url`; `httpPort` is where it takes http. */
export function visit(url: URL, httpPort: number, ca?: string): LiveSite {
  const answers = new Map<string, Promise<LiveAnswer>>();
  const plainUrl = new URL(url);
  if (url.protocol === "https:") {
    plainUrl.protocol = "http:";
    plainUrl.port = String(httpPort);
  }
  return {
    url,
    ca,
    ask(question) {
      const key = JSON.stringify(question);
      const answer = answers.get(key) ?? send(url, question);
      answers.set(key, answer);
      return answer;
    },
    async askPlainly(question) {
      try {
        return await send(plainUrl, question);
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") return;
        throw error;
      }
    },
  };
}

const TIMEOUT_MS = 15_000;

/** Not by `fetch()`, which refuses to send TRACE, and takes no certificate that is wrong. */
async function send(
  url: URL,
  { method = "GET", path, headers = PAGE, body }: Question,
): Promise<LiveAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<import("node:http").IncomingMessage>();
  const request = url.protocol === "https:" ? requestSecure : requestPlain;
  const sent = request(new URL(path, url), {
    method,
    headers,
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    // The check of the certificate reports it. The others go on.
    rejectUnauthorized: false,
  }, resolve);
  sent.once("error", reject).end(body);
  const answer = await promise;
  return {
    asked: `${method} ${path}`,
    status: answer.statusCode ?? 0,
    headers: headersOf(answer.rawHeaders),
    text: await text(answer),
  };
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at < raw.length; at += 2) headers.append(raw[at]!, raw[at + 1]!);
  return headers;
}
