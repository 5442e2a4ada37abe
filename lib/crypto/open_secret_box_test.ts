import assert from "node:assert/strict";
import { tempFolder } from "@/tests/kit/temp.ts";
import { openSecretBox } from "./open_secret_box.ts";

const USE = { purpose: "totp", userId: 1 } as const;

Deno.test("development makes one key, also for many processes at once", async () => {
  await using folder = await tempFolder();
  const boxes = Array.from(
    { length: 20 },
    () => openSecretBox({ appEnv: "development", secretKeys: undefined }, folder.path)!,
  );
  const sealed = await Promise.all(boxes.map((box, index) => box.seal(String(index), USE)));
  for (const [index, text] of sealed.entries()) {
    assert.equal(await boxes[0]!.open(text, USE), String(index));
  }
  const files = await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name);
  assert.deepEqual(files, ["secret_key"]);
  const { mode } = await Deno.stat(`${folder.path}/secret_key`);
  assert.equal(mode! & 0o777, 0o600);
});

Deno.test("production without a key has no box", () => {
  assert.equal(openSecretBox({ appEnv: "production", secretKeys: undefined }), undefined);
});
