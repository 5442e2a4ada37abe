import type { TestApp } from "./app.ts";
import { type Answer, TestClient } from "./client.ts";

/** Fields of requests and answers whose values are secrets. */
const SECRET_FIELD = /password|token|secret|^code$|recovery_codes|^link$|challenge/;

/** Cookies that say nothing that others must not know. */
const OPEN_COOKIE = /_(flash|color_mode|verify_address)$/;

/** Six digits may stand in any bytes, so they are only looked for in texts. */
const SHORT = /^\d{0,6}$/;

/** The secrets that were used in a test. */
export interface Secrets {
  /** The same application, whose browsers collect the secrets that they send and receive. */
  readonly app: TestApp;
  /** Notes one that came another way, such as by e-mail. */
  add(...secrets: string[]): void;
  /** All of them, each once, without codes of six digits. */
  all(): string[];
  /** The codes of six digits. */
  sixDigits(): string[];
}

/** Collects all secrets that browsers send and receive. */
export function collectSecrets(app: TestApp): Secrets {
  const found = new Set<string>();
  const short = new Set<string>();
  const add = (...secrets: string[]) => {
    for (const secret of secrets) (SHORT.test(secret) ? short : found).add(secret);
  };
  class CollectingClient extends TestClient {
    override async send(path: string, init: RequestInit = {}): Promise<Answer> {
      if (typeof init.body === "string") collect(JSON.parse(init.body), add);
      const answer = await super.send(path, init);
      const type = answer.headers.get("content-type") ?? "";
      if (/json/.test(type)) collect(JSON.parse(answer.text), add);
      for (const [name, value] of this.cookies()) if (!OPEN_COOKIE.test(name)) add(value);
      return answer;
    }
  }
  return {
    app: { ...app, client: () => new CollectingClient(app.origin) },
    add,
    all: () => [...found],
    sixDigits: () => [...short].filter((code) => code.length === 6),
  };
}

/** Collects the secrets of a JSON value. Links have theirs in the query. */
function collect(value: unknown, add: (...secrets: string[]) => void, name = ""): void {
  if (typeof value === "string") {
    if (SECRET_FIELD.test(name)) add(/[?]token=(.+)/.exec(value)?.[1] ?? value);
  } else if (Array.isArray(value)) {
    value.forEach((item) => collect(item, add, name));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) collect(item, add, key);
  }
}
