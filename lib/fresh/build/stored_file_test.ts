import assert from "node:assert/strict";
import type { Encoding } from "../build_cache.ts";
import { StoredFile } from "./stored_file.ts";

const TEXT = "text/css; charset=UTF-8";

function fileOf(
  read: (encoding: Encoding) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>,
  contentType = TEXT,
): StoredFile {
  const encodings = ["br", "identity"] as const;
  return new StoredFile({ contentType, hash: "hash", immutable: false, encodings }, read);
}

/** Whatever is sent has to be the bytes of the file. */
async function sentBytes(file: StoredFile, encoding: Encoding = "identity") {
  const { body, byteLength } = await file.content(encoding);
  const bytes = await new Response(body).bytes();
  assert.equal(bytes.byteLength, byteLength);
  return { kind: typeof body, bytes: [...bytes] };
}

for (
  const [name, bytes, kind, contentType] of [
    ["text", [0x61, 0xc3, 0xbc, 0xe2, 0x82, 0xac], "string", TEXT],
    ["text behind a byte order mark", [0xef, 0xbb, 0xbf, 0x61], "string", TEXT],
    ["an empty text", [], "string", TEXT],
    ["what is no UTF-8, though its name says so", [0x61, 0xff], "object", TEXT],
    ["a picture", [0x61], "object", "image/png"],
  ] as const
) {
  Deno.test(`${name} is sent byte for byte`, async () => {
    const file = fileOf(() => new Uint8Array(bytes), contentType);
    assert.deepEqual(await sentBytes(file), { kind, bytes: [...bytes] });
  });
}

Deno.test("a compressed text is no text", async () => {
  const file = fileOf((encoding) => new Uint8Array(encoding === "br" ? [1] : [2]));
  assert.deepEqual(await sentBytes(file, "br"), { kind: "object", bytes: [1] });
});

Deno.test("a file is read once, and is there at once from then on; after a failure it is read again", async () => {
  let reads = 0;
  const file = fileOf(() =>
    ++reads === 1 ? Promise.reject(new Error("busy")) : Promise.resolve(new Uint8Array([0x61]))
  );
  await assert.rejects(async () => await file.content("identity"), /busy/);
  assert.deepEqual(await file.content("identity"), { body: "a", byteLength: 1 });
  assert.deepEqual(file.content("identity"), { body: "a", byteLength: 1 });
  assert.equal(reads, 2);
});
