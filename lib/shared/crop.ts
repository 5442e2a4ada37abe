import type { PictureCrop } from "./images.ts";

/** Width and height of the upright picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Side of the largest square divided by that of the smallest. */
export const MAX_ZOOM = 4;

/** Returns the largest square in the middle of a picture. */
export function middleCrop(size: PictureSize): PictureCrop {
  return placeCrop(size, { side: 1, x: 0.5, y: 0.5 });
}

/** Place of a square: its side as in {@linkcode PictureCrop}, and how far right and down it is. */
export interface CropPlace {
  readonly side: number;
  /** 0 (leftmost) to 1 (rightmost). */
  readonly x: number;
  /** 0 (topmost) to 1 (lowest). */
  readonly y: number;
}

/** Returns the square at a place, moved into the picture if needed. */
export function placeCrop(size: PictureSize, { side, x, y }: CropPlace): PictureCrop {
  const kept = clamp(side, 1 / MAX_ZOOM, 1);
  const { right, bottom } = freedom(size, kept);
  return { side: kept, left: clamp(x, 0, 1) * right, top: clamp(y, 0, 1) * bottom };
}

/** Returns the place of a square. It counts as centred along a side on which it cannot move. */
export function placeOf(size: PictureSize, crop: PictureCrop): CropPlace {
  const { right, bottom } = freedom(size, crop.side);
  return {
    side: crop.side,
    x: right > 0 ? crop.left / right : 0.5,
    y: bottom > 0 ? crop.top / bottom : 0.5,
  };
}

/** Moves a square by fractions of its own side, within the picture. */
export function moveCrop(
  size: PictureSize,
  crop: PictureCrop,
  by: { readonly x: number; readonly y: number },
): PictureCrop {
  const { right, bottom } = freedom(size, crop.side);
  const pixels = cropPixels(size, crop);
  return {
    side: crop.side,
    left: clamp(crop.left + by.x * pixels.side / size.width, 0, right),
    top: clamp(crop.top + by.y * pixels.side / size.height, 0, bottom),
  };
}

/** Divides the side of a square by `factor` around its middle, within the picture. */
export function zoomCrop(size: PictureSize, crop: PictureCrop, factor: number): PictureCrop {
  const before = cropPixels(size, crop);
  const zoomed = { ...crop, side: clamp(crop.side / factor, 1 / MAX_ZOOM, 1) };
  const { side } = cropPixels(size, zoomed);
  // From the old top left corner to the new one, in sides of the new square.
  const shift = (before.side - side) / 2 / side;
  return moveCrop(size, zoomed, { x: shift, y: shift });
}

/** Converts a square to pixels of the picture. */
export function cropPixels(
  { width, height }: PictureSize,
  { left, top, side }: PictureCrop,
): { left: number; top: number; side: number } {
  return { left: left * width, top: top * height, side: side * Math.min(width, height) };
}

/** Returns the largest possible `left` and `top` of a square. */
function freedom({ width, height }: PictureSize, side: number): { right: number; bottom: number } {
  const pixels = side * Math.min(width, height);
  return { right: 1 - pixels / width, bottom: 1 - pixels / height };
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
