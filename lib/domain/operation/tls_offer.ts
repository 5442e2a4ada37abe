import { Buffer } from "node:buffer";
import { connect, isIP } from "node:net";

/** What a client offers when it opens a TLS connection, in the numbers of the protocol. */
export interface TlsOffer {
  /** The newest version: 0x0301 is TLS 1.0, 0x0303 is TLS 1.2. */
  readonly version: number;
  readonly suites: readonly number[];
}

/**
 * Whether a server would speak TLS with a client that offers this. Asks with bytes of its own: Deno
 * itself can only offer what is good.
 *
 * @throws {Error} if nobody listens there.
 * @see https://datatracker.ietf.org/doc/html/rfc5246#section-7.4.1
 */
export async function takesOffer(host: string, port: number, offer: TlsOffer): Promise<boolean> {
  const answer = await exchange(host, port, clientHello(host, offer));
  return answer[RECORD_TYPE] === HANDSHAKE && answer[MESSAGE_TYPE] === SERVER_HELLO;
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
/** Where an answer has its types. */
const RECORD_TYPE = 0;
const MESSAGE_TYPE = 5;

const TIMEOUT_MS = 10_000;

/** Sends the bytes and returns the beginning of the answer; nothing if the server hangs up. */
function exchange(host: string, port: number, sent: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const socket = connect({ host, port, timeout: TIMEOUT_MS }, () => socket.write(sent));
  let received = Buffer.alloc(0);
  let isConnected = false;
  socket.once("connect", () => isConnected = true);
  socket.on("data", (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    if (received.length > MESSAGE_TYPE) socket.destroy();
  });
  socket.once("timeout", () => socket.destroy());
  // A server may reset the connection instead of saying no.
  socket.once("error", (error) => isConnected ? resolve(received) : reject(error));
  socket.once("close", () => resolve(received));
  return promise;
}

function clientHello(host: string, { version, suites }: TlsOffer): Uint8Array {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const hello = [
    ...uint16(version),
    ...random,
    ...[0],
    ...vector(suites.flatMap(uint16)),
    ...[1, 0],
    ...vector(extensionsFor(host)),
  ];
  const message = [CLIENT_HELLO, 0, ...vector(hello)];
  return Uint8Array.from([HANDSHAKE, ...uint16(0x0301), ...vector(message)]);
}

const SERVER_NAME = 0;
const CURVES = [0x001d, 0x0017, 0x0018];
const SIGNATURES = [0x0403, 0x0503, 0x0804, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201];

function extensionsFor(host: string): number[] {
  const name = [...new TextEncoder().encode(host)];
  return [
    ...(isIP(host) === 0 ? extension(SERVER_NAME, vector([0, ...vector(name)])) : []),
    ...extension(10, vector(CURVES.flatMap(uint16))),
    // Points are not compressed.
    ...extension(11, [1, 0]),
    ...extension(13, vector(SIGNATURES.flatMap(uint16))),
  ];
}

function extension(type: number, content: number[]): number[] {
  return [...uint16(type), ...vector(content)];
}

/** Bytes after their length. */
function vector(bytes: number[]): number[] {
  return [...uint16(bytes.length), ...bytes];
}

function uint16(value: number): number[] {
  return [value >> 8, value & 0xff];
}
