/** What is asked for, over and over. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How hard it is asked for. */
export interface Pressure {
  /** Connections that are kept open, each with one request under way at a time. */
  readonly connections: number;
  readonly durationMs: number;
}

const READ_BUFFER_BYTES = 64 * 1024;
const HEAD_END = "\r\n\r\n";

/** What came back. */
export interface Answers {
  readonly count: number;
  readonly seconds: number;
}

/**
 * Sends GET requests to a server of this machine as fast as it answers, over HTTP/1.1 connections
 * that stay open. It counts bytes instead of parsing each answer,
 * so that the server is what is measured: every answer has to be as long as the first.
 *
 * @throws {Error} if the first answer is not a 200 with a Content-Length, or another one is longer.
 */
export async function sendRequests(target: Target, pressure: Pressure): Promise<Answers> {
  const request = new TextEncoder().encode(requestText(target));
  const answerBytes = await measureAnswer(target.port, request);
  const start = performance.now();
  const end = start + pressure.durationMs;
  const ask = () => keepAsking(target.port, request, answerBytes, end);
  const counts = await Promise.all(Array.from({ length: pressure.connections }, ask));
  const count = counts.reduce((sum, count) => sum + count, 0);
  return { count, seconds: (performance.now() - start) / 1000 };
}

function requestText({ port, path, headers = {} }: Target): string {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Length of head and body together, in bytes. */
async function measureAnswer(port: number, request: Uint8Array): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(request);
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(READ_BUFFER_BYTES);
  let text = "";
  while (!text.includes(HEAD_END)) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("The server closed the connection without an answer");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  const head = text.slice(0, text.indexOf(HEAD_END) + HEAD_END.length);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200") || length === undefined) {
    throw new Error(`Not an answer to measure:\n${head}`);
  }
  return head.length + Number(length);
}

async function keepAsking(port: number, request: Uint8Array, answerBytes: number, end: number) {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const buffer = new Uint8Array(READ_BUFFER_BYTES);
  let requests = 0;
  while (performance.now() < end) {
    await connection.write(request);
    let missing = answerBytes;
    while (missing > 0) {
      const count = await connection.read(buffer);
      if (count === null) throw new Error("The server closed the connection");
      missing -= count;
    }
    if (missing < 0) throw new Error(`An answer is ${-missing} bytes longer than the first`);
    requests++;
  }
  return requests;
}
