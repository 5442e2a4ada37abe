import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PictureReader, type PictureRefusal } from "@/lib/storage/picture.ts";
import { animatedWebp, declaredPng, noise, redAndBlue } from "@/tests/storage/pictures.ts";

const SCRIPT = "<script>alert(document.domain)</script>";

/** What an attacker may send, and what is said to it. */
const HOSTILE: Record<string, [() => Promise<Uint8Array> | Uint8Array, PictureRefusal]> = {
  "an SVG with a script": [
    () => text(`<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`),
    "picture_wrong_type",
  ],
  "HTML under the name of a PNG": [
    () => text(`<!doctype html>${SCRIPT}`),
    "picture_wrong_type",
  ],
  "a GIF that is JavaScript too": [() => text("GIF89a=1;alert(1)//"), "picture_wrong_type"],
  "zero bytes": [() => new Uint8Array(), "picture_wrong_type"],
  "the first bytes of a JPEG": [() => new Uint8Array([0xff, 0xd8, 0xff]), "picture_unreadable"],
  "a PNG of 50,000 by 50,000 pixels that has no data": [
    () => declaredPng(50_000, 50_000, new Uint8Array(1000)),
    "picture_too_many_pixels",
  ],
  "a PNG that unpacks to 312 MB": [
    () => declaredPng(50_000, 50_000, new Uint8Array(50_000 * 6_251)),
    "picture_too_many_pixels",
  ],
  "a PNG of 2,147,483,647 by 1 pixels": [
    () => declaredPng(2_147_483_647, 1, new Uint8Array(1000)),
    "picture_unreadable",
  ],
  "a truncated JPEG": [() => truncated("jpeg"), "picture_unreadable"],
  "a truncated PNG": [() => truncated("png"), "picture_unreadable"],
  "a truncated WebP": [() => truncated("webp"), "picture_unreadable"],
  "a truncated animation": [
    async () => (await animatedWebp()).subarray(0, 60),
    "picture_unreadable",
  ],
  "a PNG with HTML behind it": [() => followedBy("png", SCRIPT), "picture_unreadable"],
  "a JPEG with HTML behind it": [() => followedBy("jpeg", SCRIPT), "picture_unreadable"],
  "a JPEG with an archive behind it": [
    () => followedBy("jpeg", "PK\x03\x04payload"),
    "picture_unreadable",
  ],
  "a WebP with a PHP program behind it": [
    () => followedBy("webp", "<?php phpinfo();"),
    "picture_unreadable",
  ],
  "more than 5 MiB": [() => new Uint8Array(5 * 1024 * 1024 + 1), "picture_too_large"],
};

for (const [name, [make, refusal]] of Object.entries(HOSTILE)) {
  Deno.test(`PictureReader.read() refuses ${name} as ${refusal}`, async () => {
    assert.deepEqual(await new PictureReader().read(await make()), { ok: false, refusal });
  });
}

Deno.test("PictureReader.read() leaves nothing of what is hidden in a good picture", async () => {
  const png = await redAndBlue("png");
  const result = await new PictureReader().read(Buffer.concat([png, text(`\n\0${SCRIPT}`)]));
  assert.ok(result.ok);
  for (const { bytes } of result.picture.files) {
    assert.ok(!Buffer.from(bytes).includes("script"));
  }
});

Deno.test("PictureReader.read() decodes 40 large pictures at once in bounded memory", async () => {
  // In a process of its own: what other tests take meanwhile does not count.
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tests/storage/read_pictures_at_once.ts", "40"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await ReadableStream.from([await noise(1900, 1900, "jpeg")]).pipeTo(child.stdin);
  const { success, stdout } = await child.output();
  const grown = Number(new TextDecoder().decode(stdout));
  assert.ok(success && grown < 300_000_000, `${grown} bytes more than before`);
});

async function truncated(format: "jpeg" | "png" | "webp"): Promise<Uint8Array> {
  const whole = await noise(300, 300, format);
  return whole.subarray(0, whole.byteLength / 2);
}

async function followedBy(format: "jpeg" | "png" | "webp", payload: string): Promise<Uint8Array> {
  return Buffer.concat([await redAndBlue(format), text(payload)]);
}

function text(content: string): Uint8Array {
  return Buffer.from(content, "latin1");
}
