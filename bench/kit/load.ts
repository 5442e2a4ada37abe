import { AnswerReader } from "./answer_reader.ts";

/** A request of a benchmark. */
export interface BenchRequest {
  readonly path: string;
  /** GET if absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** How many requests are sent. */
export interface Pressure {
  /** Connections that stay open, each with one request at a time. */
  readonly connections: number;
  readonly durationMs: number;
}

/** The number of answers, and how long they took. */
export interface Answers {
  readonly count: number;
  readonly seconds: number;
}

/**
 * Sends requests in turn to a server on this machine as fast as it answers, over HTTP/1.1
 * connections that stay open. It reads no more of an answer than where it ends, so that only the
 * server is measured.
 *
 * @throws {Error} if an answer is not a success or has no length.
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

/** Encodes a request for the wire. */
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
