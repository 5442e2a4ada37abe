const BUFFER_BYTES = 64 * 1024;
const [CR, LF] = [13, 10];

/** Reads answers from a connection, of which one at a time is under way. */
export class AnswerReader {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;

  constructor(private readonly connection: Deno.Conn) {}

  /**
   * Reads an answer and forgets it.
   *
   * @throws {Error} if it is no success, or does not say how long it is.
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

/** Where the empty line behind the head ends; -1 if it is not there yet. */
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
  // A redirect is how a form's success looks.
  if (!/^HTTP\/1\.1 [23]/.test(head) || length === undefined) {
    throw new Error(`Not an answer to measure:\n${head}`);
  }
  return Number(length);
}
