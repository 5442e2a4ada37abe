import { bracketed } from "@/lib/ip_address.ts";
import type { CertificateFiles } from "./certificate.ts";

/** A received letter. */
export interface Letter {
  readonly to: string;
  /** Headers and body, decoded. */
  readonly text: string;
}

/** An SMTP server that keeps received letters. */
export interface Mailbox extends AsyncDisposable {
  /** For `SMTP_URL`. */
  readonly url: string;
  /** Received commands, a line each. */
  readonly commands: readonly string[];
  /** Resolves to the next letter when it arrives. */
  next(): Promise<Letter>;
}

/** Options of a mail server. By default it accepts everything. */
export interface MailboxOptions {
  /** Address to listen on. Default: `127.0.0.1`. */
  readonly hostname?: string;
  /** Makes connections begin with TLS. */
  readonly certificate?: CertificateFiles;
  /** A special answer to a command, or `undefined` for the common one. */
  answer?(command: string): string | undefined;
  /** A special answer to an e-mail. */
  answerMail?(text: string): string;
}

/** Starts an SMTP server on a free port of the loopback interface. */
export function openMailbox(options: MailboxOptions = {}): Mailbox {
  const { hostname = "127.0.0.1", certificate, answer = () => undefined, answerMail } = options;
  const listener = certificate === undefined ? Deno.listen({ hostname, port: 0 }) : Deno.listenTls({
    hostname,
    port: 0,
    cert: Deno.readTextFileSync(certificate.certificateFile),
    key: Deno.readTextFileSync(certificate.keyFile),
  });
  const commands: string[] = [];
  const say = (command: string) => {
    commands.push(command);
    return answer(command);
  };
  const arrived: Letter[] = [];
  const waiting: ((letter: Letter) => void)[] = [];
  const take = (letter: Letter) => {
    if (answerMail) return answerMail(letter.text);
    const reader = waiting.shift();
    if (reader) reader(letter);
    else arrived.push(letter);
    return "250 taken";
  };
  const serving = serve(listener, say, take);
  const { port } = listener.addr as Deno.NetAddr;
  return {
    url: `${certificate ? "smtps" : "smtp"}://${bracketed(hostname)}:${port}`,
    commands,
    next: async () => arrived.shift() ?? await new Promise((resolve) => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

/** One client after the other. */
async function serve(
  listener: Deno.Listener,
  answer: (command: string) => string | undefined,
  take: (letter: Letter) => string,
): Promise<void> {
  for await (const connection of listener) {
    using client = connection;
    // A client that refuses the certificate disconnects.
    await converse(client, answer, take).catch(() => undefined);
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc5321 */
async function converse(
  connection: Deno.Conn,
  answer: (command: string) => string | undefined,
  take: (letter: Letter) => string,
): Promise<void> {
  const say = (line: string) => connection.write(new TextEncoder().encode(`${line}\r\n`));
  let to = "";
  let body: string[] | undefined;
  await say("220 mailbox");
  for await (const line of linesOf(connection)) {
    if (body && line !== ".") {
      body.push(line.replace(/^\./, ""));
      continue;
    }
    if (body) {
      const reply = take({ to, text: decode(body) });
      body = undefined;
      await say(reply);
      continue;
    }
    const other = answer(line);
    if (other !== undefined) {
      await say(other);
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

/** The token of the link in an e-mail. */
export function tokenIn({ text }: Letter): string {
  return /\?token=([\w-]+)/.exec(text)?.[1] ?? "";
}

/** The code in an e-mail, as it stands there. */
export function codeIn({ text }: Letter): string {
  return /\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b/.exec(text)?.[0] ?? "";
}
