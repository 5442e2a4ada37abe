const BUFFER_BYTES = 64 * 1024;
const [CR, LF] = [13, 10];

/** Reads answers from a connection with one request at a time. */
export class AnswerReader {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;

  constructor(private readonly connection: Deno.Conn) {}

  /**
   * Reads an answer and discards it.
   *
   * @throws {Error} if it is not a success or has no length.
   */
  async skip(): Promise<void> {
    this.#length = 0;
    let headEnd = -1;
    while (headEnd === -1) {
      await this.#read();
      headEnd = endOfHead(this.#buffer.subarray(0, this.#length));
    }
    const bytes = headEnd + bodyLength(this.#buffer.subarray(0, headEnd));
    let missing = bytes - this.#length;
    while (missing > 0) {
      this.#length = 0;
      missing -= await this.#read();
    }
    if (missing < 0) throw new Error(`The server sent ${-missing} bytes too many`);
  }

  async #read(): Promise<number> {
    const count = await this.connection.read(this.#buffer.subarray(this.#length));
    if (count === null) throw new Error("The server closed the connection");
    this.#length += count;
    return count;
  }
}

/** Returns where the empty line after the head ends, or -1 if it has not arrived. */
function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(CR); at !== -1; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at + 4;
  }
  return -1;
}

const decoder = new TextDecoder("latin1");

function bodyLength(headBytes: Uint8Array): number {
  const head = decoder.decode(headBytes);
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  // A form's success is a redirect.
  if (!/^HTTP\/1\.1 [23]/.test(head) || length === undefined) {
    throw new Error(`Not an answer to measure:\n${head}`);
  }
  return Number(length);
}
