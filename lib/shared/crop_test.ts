import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cropPixels,
  middleCrop,
  moveCrop,
  placeCrop,
  placeOf,
  zoomCrop,
} from "@/lib/shared/crop.ts";
import { formatCrop, parseCrop } from "@/lib/shared/images.ts";

const side = fc.integer({ min: 1, max: 8000 });
const size = fc.record({ width: side, height: side });
const part = fc.double({ min: -2, max: 2, noNaN: true });
const place = fc.record({ side: part, x: part, y: part });

Deno.test("middleCrop() takes the whole height of a wide picture, from its middle", () => {
  const wide = { width: 400, height: 100 };
  assert.deepEqual(cropPixels(wide, middleCrop(wide)), { left: 150, top: 0, side: 100 });
});

Deno.test("moveCrop() and placeCrop() never leave the picture", () => {
  fc.assert(fc.property(size, place, part, part, (size, place, x, y) => {
    const { left, top, side } = cropPixels(
      size,
      moveCrop(size, placeCrop(size, place), { x, y }),
    );
    const slack = 1e-6;
    assert.ok(left >= 0 && left + side <= size.width + slack);
    assert.ok(top >= 0 && top + side <= size.height + slack);
  }));
});

Deno.test("zoomCrop() keeps the middle of the square, and never leaves the picture", () => {
  const picture = { width: 400, height: 100 };
  const half = zoomCrop(picture, middleCrop(picture), 2);
  assert.deepEqual(cropPixels(picture, half), { left: 175, top: 25, side: 50 });
  const factors = fc.double({ min: 0.1, max: 10, noNaN: true });
  fc.assert(fc.property(size, place, factors, (size, place, factor) => {
    const { left, top, side } = cropPixels(size, zoomCrop(size, placeCrop(size, place), factor));
    const slack = 1e-6;
    assert.ok(left >= 0 && left + side <= size.width + slack);
    assert.ok(top >= 0 && top + side <= size.height + slack);
  }));
});

Deno.test("placeOf() undoes placeCrop() where the square can move", () => {
  const picture = { width: 300, height: 200 };
  const place = { side: 0.5, x: 0.25, y: 0.75 };
  assert.deepEqual(placeOf(picture, placeCrop(picture, place)), place);
});

Deno.test("every crop survives its form field", () => {
  fc.assert(fc.property(size, place, (size, place) => {
    assert.notEqual(parseCrop(formatCrop(placeCrop(size, place))), undefined);
  }));
});
