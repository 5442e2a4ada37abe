import { Buffer } from "node:buffer";

/**
 * Reads a stream to its end. Returns `undefined` as soon as it exceeds `maxBytes`, without holding
 * more than one chunk beyond the limit.
 *
 * @param signal cancels the stream
 * @throws the reason of `signal`, or the stream's own error.
 */
export async function readAtMost(
  source: ReadableStream<Uint8Array>,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream, which cuts the sender off.
  for await (const chunk of signal ? until(signal, source) : source) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function until(
  signal: AbortSignal,
  source: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> {
  return source.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
}
