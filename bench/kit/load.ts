import { AnswerReader } from "./answer_reader.ts";

/** What is asked for. */
export interface BenchRequest {
  readonly path: string;
  /** GET if absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** How hard it is asked for. */
export interface Pressure {
  /** Connections that are kept open, each with one request under way at a time. */
  readonly connections: number;
  readonly durationMs: number;
}

/** What came back. */
export interface Answers {
  readonly count: number;
  readonly seconds: number;
}

/**
 * Sends requests to a server of this machine as fast as it answers, over HTTP/1.1 connections that
 * stay open: the first request, the next, and so on, then the first again. It looks at no more of
 * an answer than where it ends, so that the server is what is measured.
 *
 * @throws {Error} if an answer is no success, or does not say how long it is.
 */
export async function sendRequests(
  port: number,
  requests: readonly BenchRequest[],
  pressure: Pressure,
): Promise<Answers> {
  const texts = requests.map((request) => bytesOf(port, request));
  let sent = 0;
  const next = () => texts[sent++ % texts.length]!;
  const start = performance.now();
  const end = start + pressure.durationMs;
  const ask = () => keepAsking(port, next, end);
  const counts = await Promise.all(Array.from({ length: pressure.connections }, ask));
  const count = counts.reduce((sum, count) => sum + count, 0);
  return { count, seconds: (performance.now() - start) / 1000 };
}

/** The request as it goes over the wire. */
function bytesOf(
  port: number,
  { path, method = "GET", headers = {}, body = "" }: BenchRequest,
): Uint8Array {
  const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const length = content.length > 0 ? { "content-length": String(content.length) } : {};
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...length, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const head = new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}

async function keepAsking(port: number, next: () => Uint8Array, end: number): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const answers = new AnswerReader(connection);
  let count = 0;
  while (performance.now() < end) {
    await writeAll(connection, next());
    await answers.skip();
    count++;
  }
  return count;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}
