/** Accepted media types, also for `accept` of the file field. */
export const PICTURE_TYPES = ["image/jpeg", "image/png", "image/webp"] as const;

/** An accepted media type. */
export type PictureType = typeof PICTURE_TYPES[number];

/** Side of a served avatar, in pixels. */
export const AVATAR_PIXELS = 512;

/** Side of the small avatar in lists and menus, in pixels. */
export const THUMBNAIL_PIXELS = 96;

/** The square that a user chose, as fractions (0 to 1) of the upright picture. */
export interface PictureCrop {
  /** Of the width. */
  readonly left: number;
  /** Of the height. */
  readonly top: number;
  /** Of the shorter side. */
  readonly side: number;
}

/**
 * Reads the form field `image_crop`: `left,top,side`, such as `0.1,0,0.8`. Returns `undefined` for
 * anything else, which means the middle of the picture.
 */
export function parseCrop(text: string): PictureCrop | undefined {
  if (!/^[01](\.\d{1,20})?(,[01](\.\d{1,20})?){2}$/.test(text)) return undefined;
  const [left = 0, top = 0, side = 0] = text.split(",").map(Number);
  const inside = left <= 1 && top <= 1 && side <= 1 && side > 0;
  return inside ? { left, top, side } : undefined;
}

/** Writes the field value that {@linkcode parseCrop} reads. */
export function formatCrop({ left, top, side }: PictureCrop): string {
  return [left, top, side].map((value) => String(Number(value.toFixed(6)))).join(",");
}

/** Returns the path of an avatar, as stored in `user_profiles.image`. */
export function imageUrl(key: string): string {
  return `/images/${key}.webp`;
}

/** Returns the path of the small version of an avatar. A foreign URL stays as it is. */
export function thumbnailUrl(url: string): string {
  const key = imageKey(url);
  return key === undefined ? url : `/images/${key}-${THUMBNAIL_PIXELS}.webp`;
}

/** Returns the key of the avatar at `url`, or `undefined` if the URL is not ours. */
export function imageKey(url: string): string | undefined {
  return /^\/images\/([0-9a-f]{64})\.webp$/.exec(url)?.[1];
}
