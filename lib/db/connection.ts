import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/** A client's connection, as a server sees it. */
export interface Connection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Closes the connection. A pending read ends or fails. */
  close(): void;
}

/** Returns the server's end of a connection whose bytes travel through a port to another thread. */
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

/** Messages on a port: bytes, then `END`. */
type PortMessage = Uint8Array<ArrayBuffer> | typeof END;
const END = null;

/** The client's end, in the shape of the socket that `pg` would open. */
export class PortSocket extends Duplex {
  readonly #port: MessagePort;

  /** Opens a connection. `handOver` gives the server its end. */
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

  /** Nothing to wait for: the other end exists already. */
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

  /** The port pushes bytes by itself. */
  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#send([chunk]);
    done();
  }

  /** Sends everything that `pg` writes for one statement as one message. */
  override _writev(writes: { chunk: Uint8Array }[], done: () => void): void {
    this.#send(writes.map(({ chunk }) => chunk));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#port.postMessage(END);
    this.#port.close();
    done(error);
  }

  /** Transfers a copy, because the bytes may be a small part of a large buffer. */
  #send(chunks: readonly Uint8Array[]): void {
    const bytes = new Uint8Array(Buffer.concat(chunks));
    this.#port.postMessage(bytes, [bytes.buffer]);
  }
}
