import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/** A client's connection, as a server sees it. */
export interface Connection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Ends it; whoever reads from it comes to the end or gets an error. */
  close(): void;
}

/** The server's end of a connection whose bytes go through a port to another thread. */
export function connectionOf(port: MessagePort): Connection {
  let close = () => {};
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      let isOpen = true;
      close = () => {
        if (!isOpen) return;
        isOpen = false;
        controller.close();
        port.postMessage(END);
        port.close();
      };
      port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
        if (data === END) close();
        // A message may have been on its way when this end closed.
        else if (isOpen) controller.enqueue(data);
      };
    },
  });
  const writable = new WritableStream<Uint8Array>({ write: (bytes) => port.postMessage(bytes) });
  return { readable, writable, close: () => close() };
}

/** What goes through a port: bytes, and at last that no more will come. */
type PortMessage = Uint8Array<ArrayBuffer> | typeof END;
const END = null;

/** The client's end of it, in the shape of the socket that `pg` would open. */
export class PortSocket extends Duplex {
  readonly #port: MessagePort;

  /** Connects to a server, which gets its end of the connection by `handOver`. */
  static open(handOver: (port: MessagePort) => void): PortSocket {
    const { port1, port2 } = new MessageChannel();
    handOver(port2);
    return new PortSocket(port1);
  }

  private constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<PortMessage>) => void this.push(data);
  }

  /** The other end is there already. */
  connect(): this {
    queueMicrotask(() => this.emit("connect"));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Bytes come unasked. */
  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#send([chunk]);
    done();
  }

  /** What `pg` writes for one statement, in one message. */
  override _writev(writes: { chunk: Uint8Array }[], done: () => void): void {
    this.#send(writes.map(({ chunk }) => chunk));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#port.postMessage(END);
    this.#port.close();
    done(error);
  }

  /** Copies the bytes, which may be a small part of a large buffer, and gives the copy away. */
  #send(chunks: readonly Uint8Array[]): void {
    const bytes = new Uint8Array(Buffer.concat(chunks));
    this.#port.postMessage(bytes, [bytes.buffer]);
  }
}
