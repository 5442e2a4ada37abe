import assert from "node:assert/strict";
import { readAtMost } from "@/lib/limited_bytes.ts";

const MEBIBYTE = 1024 * 1024;

/** A stream of `count` chunks of a MiB, and how many of them were taken. */
function mebibytes(count: number) {
  const seen = { produced: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (seen.produced === count) return controller.close();
      seen.produced++;
      controller.enqueue(new Uint8Array(MEBIBYTE));
    },
    cancel() {
      seen.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { stream, seen };
}

Deno.test("readAtMost() reads a stream of exactly the limit", async () => {
  const { stream } = mebibytes(5);
  assert.equal((await readAtMost(stream, 5 * MEBIBYTE))?.byteLength, 5 * MEBIBYTE);
});

Deno.test("readAtMost() cuts 100 MB off at the limit and cancels the sender", async () => {
  const { stream, seen } = mebibytes(100);
  assert.equal(await readAtMost(stream, 5 * MEBIBYTE), undefined);
  assert.equal(seen.produced, 6);
  assert.ok(seen.cancelled);
});

Deno.test("readAtMost() gives up a silent sender when the signal is aborted", async () => {
  let cancelled: unknown;
  const silent = new ReadableStream<Uint8Array>({
    cancel(reason) {
      cancelled = reason;
    },
  });
  const controller = new AbortController();
  const read = readAtMost(silent, MEBIBYTE, controller.signal);
  const reason = new Error("too slow");
  controller.abort(reason);
  await assert.rejects(read, reason);
  assert.equal(cancelled, reason);
});
