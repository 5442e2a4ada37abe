import assert from "node:assert/strict";
import { HttpError } from "fresh";
import { readInput } from "./input.ts";

const URL_ENCODED = "application/x-www-form-urlencoded";

/** A request whose body begins, and then goes on as `rest` says. */
function begun(contentType: string, rest: UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>) {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    ...rest,
    start(controller) {
      controller.enqueue(new TextEncoder().encode("username=grace"));
    },
  });
  const headers = { "content-type": contentType };
  const req = new Request("http://localhost/", { method: "POST", headers, body });
  return { req, url: new URL(req.url), state: {} };
}

const isHttpError = (status: number) => (error: unknown) =>
  error instanceof HttpError && error.status === status;

Deno.test("readInput() gives a sender who dawdles up with 408, whatever is sent", async () => {
  // The limit alone does not keep a process alive, and here is no server that would.
  const alive = setInterval(() => {}, 1_000);
  for (const type of [URL_ENCODED, "application/json", "multipart/form-data; boundary=x"]) {
    let cancelled = false;
    const ctx = begun(type, {
      cancel() {
        cancelled = true;
      },
    });
    await assert.rejects(readInput(ctx, 0.05), isHttpError(408), type);
    assert.ok(cancelled, type);
  }
  clearInterval(alive);
});

Deno.test("readInput() calls it the client's fault when the body breaks off", async () => {
  const ctx = begun(URL_ENCODED, {
    pull(controller) {
      controller.error(new Error("connection reset"));
    },
  });
  await assert.rejects(readInput(ctx), isHttpError(400));
});
