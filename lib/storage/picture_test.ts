import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import sharp from "sharp";
import { type Picture, PictureReader } from "@/lib/storage/picture.ts";
import type { PictureCrop } from "@/lib/shared/images.ts";
import {
  animatedWebp,
  cmykJpeg,
  redAndBlue,
  sidewaysWithPosition,
} from "@/tests/storage/pictures.ts";

async function read(bytes: Uint8Array, crop?: PictureCrop): Promise<Picture> {
  const result = await new PictureReader().read(bytes, crop);
  assert.ok(result.ok, JSON.stringify(result));
  return result.picture;
}

/** Which of red, green and blue a pixel of the large file is, by fractions of its side. */
async function colourAt(picture: Picture, x: number, y: number): Promise<string> {
  const pixel = { left: Math.floor(x * 512), top: Math.floor(y * 512), width: 1, height: 1 };
  const [r = 0, g = 0, b = 0] = await sharp(picture.files[0].bytes).extract(pixel).raw().toBuffer();
  return r > 150 && g < 100 && b < 100 ? "red" : b > 150 && r < 100 && g < 100 ? "blue" : "other";
}

for (const format of ["jpeg", "png", "webp"] as const) {
  Deno.test(`PictureReader.read() writes ${format} as WebP of 512 and 96 pixels`, async () => {
    const { files } = await read(await redAndBlue(format));
    const [large, small] = await Promise.all(files.map(({ bytes }) => sharp(bytes).metadata()));
    assert.deepEqual([large?.format, large?.width, large?.height], ["webp", 512, 512]);
    assert.deepEqual([small?.format, small?.width, small?.height], ["webp", 96, 96]);
  });
}

Deno.test("PictureReader.read() names both files by the SHA-256 of the large one", async () => {
  const { key, files } = await read(await redAndBlue("png"));
  assert.equal(key, createHash("sha256").update(files[0].bytes).digest("hex"));
  assert.deepEqual(files.map(({ name }) => name), [`${key}.webp`, `${key}-96.webp`]);
});

Deno.test("PictureReader.read() gives the same picture the same key", async () => {
  const picture = await redAndBlue("jpeg");
  assert.equal((await read(picture)).key, (await read(picture)).key);
});

Deno.test("PictureReader.read() takes the middle square, or the one that was chosen", async () => {
  const wide = await redAndBlue("png", 1200, 300);
  const middle = await read(wide);
  assert.deepEqual([await colourAt(middle, 0.1, 0.5), await colourAt(middle, 0.9, 0.5)], [
    "red",
    "blue",
  ]);
  const right = await read(wide, { left: 0.75, top: 0, side: 1 });
  assert.deepEqual([await colourAt(right, 0.1, 0.5), await colourAt(right, 0.9, 0.5)], [
    "blue",
    "blue",
  ]);
});

Deno.test("PictureReader.read() keeps a crop that reaches beyond the picture inside it", async () => {
  const corner = await read(await redAndBlue("png"), { left: 1, top: 1, side: 0.5 });
  assert.equal(await colourAt(corner, 0.5, 0.5), "blue");
});

Deno.test("PictureReader.read() turns a picture upright, before cropping", async () => {
  // Orientation 6: what is stored on the left is seen at the top.
  const upright = await read(await sidewaysWithPosition());
  assert.deepEqual([await colourAt(upright, 0.5, 0.1), await colourAt(upright, 0.5, 0.9)], [
    "red",
    "blue",
  ]);
  const bottom = await read(await sidewaysWithPosition(), { left: 0.2, top: 0.6, side: 0.4 });
  assert.equal(await colourAt(bottom, 0.5, 0.5), "blue");
});

Deno.test("PictureReader.read() lets no position and no other metadata through", async () => {
  const upload = await sidewaysWithPosition();
  assert.ok((await sharp(upload).metadata()).exif?.includes("Telephone"));
  for (const { bytes } of (await read(upload)).files) {
    const { exif, xmp, iptc, icc, orientation } = await sharp(bytes).metadata();
    assert.deepEqual([exif, xmp, iptc, icc, orientation], Array(5).fill(undefined));
  }
});

Deno.test("PictureReader.read() converts the colours of printers to those of screens", async () => {
  const { files, ...picture } = await read(await cmykJpeg());
  assert.equal((await sharp(files[0].bytes).metadata()).space, "srgb");
  assert.equal(await colourAt({ files, ...picture }, 0.1, 0.5), "red");
});

Deno.test("PictureReader.read() takes the first frame of an animation", async () => {
  const picture = await read(await animatedWebp());
  assert.equal((await sharp(picture.files[0].bytes).metadata()).pages, undefined);
  assert.equal(await colourAt(picture, 0.5, 0.5), "red");
});

Deno.test("PictureReader.read() says so where sharp cannot load", async () => {
  // Without the permission to load native code, as on a platform that has no addon for it.
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "tests/storage/read_picture_from_stdin.ts",
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = process.stdin.getWriter();
  await input.write(await redAndBlue("png"));
  await input.close();
  const { stdout } = await process.output();
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), {
    ok: false,
    refusal: "pictures_unavailable",
  });
});
