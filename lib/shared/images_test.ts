import assert from "node:assert/strict";
import fc from "fast-check";
import { formatCrop, imageKey, imageUrl, parseCrop, thumbnailUrl } from "@/lib/shared/images.ts";

const KEY = "0123456789abcdef".repeat(4);

Deno.test("imageKey() gives back the key that imageUrl() was given", () => {
  assert.equal(imageKey(imageUrl(KEY)), KEY);
});

Deno.test("imageKey() knows no foreign or malformed URL", () => {
  for (
    const url of [
      "",
      `/images/${KEY}`,
      `/images/${KEY.toUpperCase()}.webp`,
      `/images/../${KEY}.webp`,
      `https://example.com/images/${KEY}.webp`,
      `/images/${KEY}.webp\n`,
    ]
  ) {
    assert.equal(imageKey(url), undefined, url);
  }
});

Deno.test("thumbnailUrl() derives the small avatar and does not change foreign URLs", () => {
  assert.equal(thumbnailUrl(imageUrl(KEY)), `/images/${KEY}-96.webp`);
  assert.equal(thumbnailUrl("https://example.com/me.png"), "https://example.com/me.png");
});

Deno.test("parseCrop() reads what formatCrop() writes, to a millionth", () => {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const side = fc.double({ min: 0.000_001, max: 1, noNaN: true });
  fc.assert(fc.property(fraction, fraction, side, (left, top, side) => {
    const crop = parseCrop(formatCrop({ left, top, side }));
    assert.ok(crop);
    assert.ok(Math.abs(crop.left - left) < 1e-6 && Math.abs(crop.top - top) < 1e-6);
    assert.ok(Math.abs(crop.side - side) < 1e-6);
  }));
});

Deno.test("parseCrop() takes nothing outside the picture", () => {
  for (const text of ["", "0,0", "0,0,0", "1.5,0,1", "-1,0,1", "0,0,1.1", "NaN,0,1", "0,0,1,1"]) {
    assert.equal(parseCrop(text), undefined, text);
  }
});
