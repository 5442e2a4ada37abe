/** A response with its text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The values of a form, or of a JSON object. */
export type Fields = Readonly<Record<string, string>>;

/** What a problem says in words. */
export function detailOf({ text }: Pick<Answer, "text">): string {
  return JSON.parse(text).detail;
}

/** Sends the same requests as a browser and keeps cookies, but follows no redirects. */
export class TestClient {
  readonly #cookies = new Map<string, string>();

  /** @param check looks at each answer, and throws if it must not be so */
  constructor(
    private readonly origin: string,
    private readonly check: (asked: string, answer: Answer) => void = () => {},
  ) {}

  /** Asks for a page. */
  get(path: string, headers: Fields = {}): Promise<Answer> {
    return this.send(path, { headers: { accept: "text/html", ...headers } });
  }

  /** Asks for JSON. */
  getJson(path: string): Promise<Answer> {
    return this.send(path, { headers: { accept: "application/json" } });
  }

  /** Sends a form of a page. */
  postForm(path: string, fields: Fields): Promise<Answer> {
    const headers = { accept: "text/html", origin: this.origin };
    return this.send(path, { method: "POST", headers, body: new URLSearchParams(fields) });
  }

  /** Sends JSON, as an island does, and asks for JSON. */
  sendJson(method: "POST" | "PUT" | "DELETE", path: string, value: unknown): Promise<Answer> {
    const headers = {
      "accept": "application/json",
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
    };
    return this.send(path, { method, headers, body: JSON.stringify(value) });
  }

  /** Sends any request, and adds only the cookies. */
  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
    const response = await fetch(new URL(path, this.origin), {
      ...init,
      headers,
      redirect: "manual",
    });
    response.headers.getSetCookie().forEach((line) => this.keep(line));
    const { status } = response;
    const answer = { status, headers: response.headers, text: await response.text() };
    this.check(`${init.method ?? "GET"} ${path}`, answer);
    return answer;
  }

  /** Returns the cookies by name. */
  cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  /** Stores or removes a cookie, as the value of `Set-Cookie` says. */
  keep(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", ...value] = pair.split("=");
    const ended = attributes.some((attribute) => attribute.toLowerCase() === "max-age=0");
    if (ended) this.#cookies.delete(name);
    else this.#cookies.set(name, value.join("="));
  }
}
