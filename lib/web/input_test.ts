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

Deno.test("readInput() gives up a slow sender with 408, whatever is sent", async () => {
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

/** A multipart request of somebody who is signed in. */
function multipart(parts: readonly [head: string, content: BlobPart][], boundary = "x") {
  const body = new Blob([
    ...parts.flatMap(([head, content]) => [
      `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`,
      content,
      "\r\n",
    ]),
    `--${boundary}--\r\n`,
  ]);
  const headers = { "content-type": `multipart/form-data; boundary="${boundary}"` };
  const req = new Request("http://localhost/", { method: "POST", headers, body });
  return { req, url: new URL(req.url), state: { viewer: { role: "user" as const } } };
}

const MEGABYTE = 1024 * 1024;

Deno.test("readInput() gives a long file as it was sent, whatever is in it", async () => {
  const file = new Uint8Array(MEGABYTE);
  crypto.getRandomValues(file.subarray(0, 65_536));
  // What almost ends a part, and what ends the head of one.
  file.set(new TextEncoder().encode("\r\n-x\r\n\r\n\n--x\r\n--y"), 1_000);
  const { texts, files } = await readInput(multipart([
    ['name="before"', "1"],
    ['name="image"; filename="a.png"\r\nContent-Type: image/png', file],
    ['name="after"', "2"],
    ['name="none"; filename=""', ""],
  ]));
  assert.deepEqual([...texts], [["before", "1"], ["after", "2"]]);
  assert.deepEqual([...files.keys()], ["image"]);
  const image = files.get("image")!;
  assert.deepEqual([image.name, image.type], ["a.png", "image/png"]);
  assert.deepEqual(await image.bytes(), file);
});

Deno.test("readInput() refuses a long text, and a long part that has no name", async () => {
  const long = "x".repeat(MEGABYTE);
  await assert.rejects(readInput(multipart([['name="bio"', long]])), isHttpError(413));
  await assert.rejects(
    readInput(multipart([['filename="a.png"', long], ['name="image"; filename="b.png"', "b"]])),
    isHttpError(400),
  );
});

Deno.test("readInput() refuses parts that are long together, and a body without an end", async () => {
  const medium = "x".repeat(60 * 1024);
  const three = ["a", "b", "c"].map((name): [string, string] => [`name="${name}"`, medium]);
  await assert.rejects(readInput(multipart(three)), isHttpError(413));
  await assert.rejects(readInput(multipart([["\r\n--".repeat(MEGABYTE), ""]])), isHttpError(400));
});

Deno.test("readInput() hands no picture to Deno's parser, which reads byte by byte", async () => {
  const { formData } = Response.prototype;
  let parsed = 0;
  Response.prototype.formData = async function () {
    const bytes = await this.clone().bytes();
    parsed = bytes.length;
    return await formData.call(this);
  };
  try {
    for (const filling of ["\r\n--", `\r\n--${"x".repeat(69)}`, "-", "\0"]) {
      const content = filling.repeat(5 * MEGABYTE / filling.length);
      const ctx = multipart([['name="image"; filename="a.png"', content]], "x".repeat(70));
      const { files } = await readInput(ctx);
      assert.equal(files.get("image")!.size, content.length);
      assert.ok(parsed > 0 && parsed < 1_000, `${parsed} bytes`);
    }
  } finally {
    Response.prototype.formData = formData;
  }
});
