/**
 * Frames of PostgreSQL's wire protocol, as far as a server needs them that passes most messages on
 * unread.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** What a client asks for before its first message. */
export type Opening = "start" | "encryption" | "cancel";

const CANCEL_CODE = 80877102;
const SSL_CODE = 80877103;
const GSS_CODE = 80877104;
/** Longer than any message of a task. A client that announces more is not ours. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Refuses encryption. */
export const NO_ENCRYPTION = new Uint8Array([letter("N")]);

/** A transaction's state, as "ready for query" reports it. */
export type TransactionState = "idle" | "open";

/** Splits the bytes of a connection into messages. */
export class MessageReader {
  readonly #chunks: ReadableStreamDefaultReader<Uint8Array>;
  #bytes = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#chunks = stream.getReader();
  }

  /** Reads what a client asks for before it starts a session. `undefined` at the end. */
  async readOpening(): Promise<Opening | undefined> {
    const head = await this.#peek(8);
    if (!head) return undefined;
    const view = viewOf(head);
    if (await this.#take(lengthOf(view.getUint32(0))) === undefined) return undefined;
    const code = view.getUint32(4);
    if (code === CANCEL_CODE) return "cancel";
    return code === SSL_CODE || code === GSS_CODE ? "encryption" : "start";
  }

  /** Reads the next message, with its type and length. `undefined` at the end. */
  async readMessage(): Promise<Uint8Array | undefined> {
    const head = await this.#peek(5);
    return head && await this.#take(1 + lengthOf(viewOf(head).getUint32(1)));
  }

  /**
   * Reads messages up to one that asks for an answer. `undefined` at the end, or when the client
   * says goodbye.
   */
  async readSeries(): Promise<Uint8Array[] | undefined> {
    const series: Uint8Array[] = [];
    for (;;) {
      const message = await this.readMessage();
      if (!message || isTerminate(message)) return undefined;
      series.push(message);
      if (asksForAnswer(message)) return series;
    }
  }

  async #peek(length: number): Promise<Uint8Array | undefined> {
    return await this.#fill(length) ? this.#bytes.subarray(0, length) : undefined;
  }

  async #take(length: number): Promise<Uint8Array | undefined> {
    if (!await this.#fill(length)) return undefined;
    const taken = this.#bytes.slice(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  async #fill(length: number): Promise<boolean> {
    if (this.#bytes.length >= length) return true;
    const parts = [this.#bytes];
    let total = this.#bytes.length;
    while (total < length) {
      const { value, done } = await this.#chunks.read();
      if (done) return false;
      parts.push(new Uint8Array(value));
      total += value.length;
    }
    this.#bytes = concat(parts, total);
    return true;
  }
}

/**
 * Greets a client without asking for a password: only the owner of the folder can open the socket.
 */
export function greeting(): Uint8Array {
  const parameters = {
    server_version: "18.0 (PGlite)",
    server_encoding: "UTF8",
    client_encoding: "UTF8",
    DateStyle: "ISO, MDY",
    integer_datetimes: "on",
    standard_conforming_strings: "on",
  };
  return join([
    message("R", [0, 0, 0, 0]),
    ...Object.entries(parameters).map(([name, value]) => message("S", text(name, value))),
    message("K", new Array<number>(8).fill(0)),
    message("Z", [letter("I")]),
  ]);
}

/** Returns the message that runs `sql`. */
export function queryMessage(sql: string): Uint8Array {
  return message("Q", text(sql));
}

/** The message that ends a series of messages. */
export const SYNC_MESSAGE = message("S", []);

/**
 * Returns the state in which `answer` ends, or `undefined` if the database waits for more messages.
 */
export function stateAfter(answer: Uint8Array): TransactionState | undefined {
  const end = answer.subarray(-6);
  const isReady = end.length === 6 && end[0] === letter("Z") && viewOf(end).getUint32(1) === 5;
  if (!isReady) return undefined;
  return end[5] === letter("I") ? "idle" : "open";
}

/** Whether the database answers a client's message at once: query, sync, flush, function call. */
function asksForAnswer(message: Uint8Array): boolean {
  return ["Q", "S", "H", "F"].some((type) => message[0] === letter(type));
}

function isTerminate(message: Uint8Array): boolean {
  return message[0] === letter("X");
}

/** Returns the database's last message if it stopped itself within `answer`, as on a full disk. */
export function lastWords(answer: Uint8Array): string | undefined {
  const view = viewOf(answer);
  for (let at = 0; at + 5 <= answer.length; at += 1 + view.getUint32(at + 1)) {
    if (answer[at] !== letter("E")) continue;
    const fields = new TextDecoder().decode(answer.subarray(at + 5)).split("\0");
    const valueOf = (code: string) => fields.find((field) => field.startsWith(code))?.slice(1);
    if (["FATAL", "PANIC"].includes(valueOf("V") ?? "")) return valueOf("M");
  }
}

/** Whether a message contains COPY ... FROM STDIN, which makes the client send rows. */
export function startsCopy(message: Uint8Array): boolean {
  if (message[0] !== letter("Q") && message[0] !== letter("P")) return false;
  return /(^|[;\0])\s*copy\b[^;]*\bfrom\s+stdin\b/i.test(
    new TextDecoder().decode(message.subarray(5)),
  );
}

/** Returns an error message. `FATAL` ends the session. */
export function errorMessage(
  severity: "ERROR" | "FATAL",
  sqlstate: string,
  words: string,
): Uint8Array {
  return message("E", [
    ...text(`S${severity}`, `V${severity}`, `C${sqlstate}`, `M${words}`),
    0,
  ]);
}

/** Concatenates bytes. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(parts, parts.reduce((total, part) => total + part.length, 0));
}

function concat(parts: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(total);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function message(type: string, body: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(5 + body.length);
  bytes[0] = letter(type);
  viewOf(bytes).setUint32(1, 4 + body.length);
  bytes.set(body, 5);
  return bytes;
}

/** Strings, each ended by a zero as the protocol wants them. */
function text(...strings: string[]): Uint8Array {
  return new TextEncoder().encode(strings.map((string) => `${string}\0`).join(""));
}

function letter(character: string): number {
  return character.charCodeAt(0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function lengthOf(length: number): number {
  if (length < 4 || length > MAX_MESSAGE_BYTES) {
    throw new RangeError(`A message of ${length} bytes is not of PostgreSQL's protocol`);
  }
  return length;
}
