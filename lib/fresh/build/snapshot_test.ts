import assert from "node:assert/strict";
import { storedFile } from "./snapshot.ts";

Deno.test("a file is read once for all requests; after a failure it is read again", async () => {
  let reads = 0;
  const bytes = new Uint8Array([0x61]);
  const record = {
    contentType: "text/plain; charset=UTF-8",
    hash: "hash",
    immutable: false,
    encodings: ["identity"],
  } as const;
  const file = storedFile(
    record,
    () => ++reads === 1 ? Promise.reject(new Error("busy")) : Promise.resolve(bytes),
  );
  await assert.rejects(file.content("identity"), /busy/);
  const contents = [file.content("identity"), file.content("identity")];
  assert.deepEqual(await Promise.all(contents), [bytes, bytes]);
  assert.equal(reads, 2);
});
