/** A letter as it arrived. */
export interface Letter {
  readonly to: string;
  /** Headers and body, decoded. */
  readonly text: string;
}

/** An SMTP server that keeps what it is sent. */
export interface Mailbox extends AsyncDisposable {
  /** For `SMTP_URL`. */
  readonly url: string;
  /** The next letter, once it is here. */
  next(): Promise<Letter>;
}

/** Starts an SMTP server on a free port of the loopback interface. */
export function openMailbox(): Mailbox {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const arrived: Letter[] = [];
  const waiting: ((letter: Letter) => void)[] = [];
  const take = (letter: Letter) => {
    const reader = waiting.shift();
    if (reader) reader(letter);
    else arrived.push(letter);
  };
  const serving = serve(listener, take);
  return {
    url: `smtp://127.0.0.1:${listener.addr.port}`,
    next: async () => arrived.shift() ?? await new Promise((resolve) => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

/** One client after the other. */
async function serve(listener: Deno.TcpListener, take: (letter: Letter) => void): Promise<void> {
  for await (const connection of listener) {
    using client = connection;
    await converse(client, take);
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc5321 */
async function converse(connection: Deno.Conn, take: (letter: Letter) => void): Promise<void> {
  const say = (line: string) => connection.write(new TextEncoder().encode(`${line}\r\n`));
  let to = "";
  let body: string[] | undefined;
  await say("220 mailbox");
  for await (const line of linesOf(connection)) {
    if (body && line !== ".") {
      body.push(line.replace(/^\./, ""));
    } else if (body) {
      take({ to, text: decode(body) });
      body = undefined;
      await say("250 taken");
    } else if (line === "DATA") {
      body = [];
      await say("354 go on");
    } else if (line === "QUIT") {
      await say("221 bye");
      return;
    } else {
      to = /^RCPT TO:<(.*)>/.exec(line)?.[1] ?? to;
      await say("250 ok");
    }
  }
}

async function* linesOf(connection: Deno.Conn): AsyncGenerator<string> {
  const buffer = new Uint8Array(16_384);
  const decoder = new TextDecoder();
  let rest = "";
  for (let read; (read = await connection.read(buffer)) !== null;) {
    const lines = (rest + decoder.decode(buffer.subarray(0, read), { stream: true })).split("\r\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Undoes quoted-printable. */
function decode(body: readonly string[]): string {
  return body.join("\n").replaceAll("=\n", "")
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}
