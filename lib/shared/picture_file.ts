import { PICTURE_TYPES } from "./images.ts";
import type { Checked } from "./form.ts";
import { IMAGE_MAX_BYTES } from "./limits.ts";

const MEBIBYTE = 1024 * 1024;

/** The largest file of a picture, in words. */
export const IMAGE_MAX_SIZE = `${IMAGE_MAX_BYTES / MEBIBYTE} MiB`;

/**
 * Opens the upright picture in a file, or says why it is refused. The server checks everything
 * again.
 */
export async function openPicture(file: File): Promise<Checked<ImageBitmap>> {
  if (!PICTURE_TYPES.some((type) => type === file.type)) {
    return { error: "Choose a JPEG, PNG or WebP picture" };
  }
  if (file.size > IMAGE_MAX_BYTES) {
    const size = `${(file.size / MEBIBYTE).toFixed(1)} MiB`;
    return { error: `The file has ${size}, at most ${IMAGE_MAX_SIZE} fit` };
  }
  return await createImageBitmap(file).then(
    (value) => ({ value }),
    () => ({ error: "This picture cannot be read" }),
  );
}
