import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { AVATAR_PIXELS, type PictureCrop, THUMBNAIL_PIXELS } from "@/lib/shared/images.ts";
import { IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS } from "@/lib/shared/limits.ts";
import { type ImageFile, imageName } from "@/lib/storage/image_store.ts";
import { isPolyglot, sniffPictureType } from "@/lib/storage/picture_type.ts";
import { QueueFullError, WorkQueue } from "@/lib/work_queue.ts";

/** An avatar, ready to be stored. */
export interface Picture {
  /** SHA-256 of the large file, in hex. */
  readonly key: string;
  /** The large file, then the small one. */
  readonly files: readonly [ImageFile, ImageFile];
}

/** Why an upload was refused. */
export type PictureRefusal =
  | "picture_too_large"
  | "picture_wrong_type"
  | "picture_too_many_pixels"
  | "picture_unreadable"
  | "pictures_busy"
  | "pictures_unavailable";

/** Result of an upload. */
export type PictureResult =
  | { readonly ok: true; readonly picture: Picture }
  | { readonly ok: false; readonly refusal: PictureRefusal };

/** Uploads that may wait for a decoder. Each holds at most `IMAGE_MAX_BYTES`. */
const MAX_WAITING = 200;

/** Longest time for decoding. A slower picture is malicious. */
const DECODE_LIMIT_SECONDS = 20;

/** Refuse broken data, but not oddities that every viewer accepts. */
const DECODING = { failOn: "error", pages: 1, limitInputPixels: IMAGE_MAX_PIXELS } as const;

/** Pictures at a time, one thread each. On several cores one is left for pages. */
const CONCURRENCY = Math.max(1, availableParallelism() - 1);

/** Makes avatars from uploads, a few at a time. */
export class PictureReader {
  readonly #queue = new WorkQueue(CONCURRENCY, MAX_WAITING);

  /** Decodes an upload, rotates it upright, crops a square and encodes it again. */
  async read(
    upload: Uint8Array,
    crop?: PictureCrop,
  ): Promise<PictureResult> {
    if (upload.byteLength > IMAGE_MAX_BYTES) return refused("picture_too_large");
    try {
      return await this.#queue.run(() => readPicture(upload, crop));
    } catch (error) {
      if (error instanceof QueueFullError) return refused("pictures_busy");
      throw error;
    }
  }
}

/** Whether this machine can process pictures. */
export async function canReadPictures(): Promise<boolean> {
  return await loadSharp() !== undefined;
}

async function readPicture(bytes: Uint8Array, crop?: PictureCrop): Promise<PictureResult> {
  const type = sniffPictureType(bytes);
  if (type === undefined) return refused("picture_wrong_type");
  if (isPolyglot(bytes, type)) return refused("picture_unreadable");
  const sharp = await loadSharp();
  if (sharp === undefined) return refused("pictures_unavailable");
  const open = (options: SharpOptions) => sharp(bytes, { ...DECODING, ...options });
  try {
    // Only the header is read here, so that the limit can be reported precisely.
    const metadata = await open({ limitInputPixels: false }).metadata();
    if (`image/${metadata.format}` !== type) return refused("picture_wrong_type");
    if (metadata.width * metadata.height > IMAGE_MAX_PIXELS) {
      return refused("picture_too_many_pixels");
    }
    const square = cropped(open({}).autoOrient(), metadata, crop);
    return { ok: true, picture: await encode(sharp, square) };
  } catch {
    // From here on any error of sharp is the upload's fault.
    return refused("picture_unreadable");
  }
}

/**
 * Loads sharp with the first picture: a native addon that fails to load must not prevent the start.
 */
async function loadSharp(): Promise<typeof import("sharp").default | undefined> {
  try {
    const { default: sharp } = await import("sharp");
    // More threads per picture would only compete with other pictures and pages.
    sharp.concurrency(1);
    return sharp;
  } catch {
    return undefined;
  }
}

function cropped(image: Sharp, metadata: Metadata, crop?: PictureCrop): Sharp {
  return crop === undefined ? image : image.extract(cropInPixels(metadata.autoOrient, crop));
}

/** Rounds to whole pixels within the picture. */
function cropInPixels(upright: { width: number; height: number }, crop: PictureCrop) {
  const side = Math.max(1, Math.round(Math.min(upright.width, upright.height) * crop.side));
  const left = Math.min(Math.round(upright.width * crop.left), upright.width - side);
  const top = Math.min(Math.round(upright.height * crop.top), upright.height - side);
  return { left, top, width: side, height: side };
}

async function encode(sharp: typeof import("sharp").default, image: Sharp): Promise<Picture> {
  // Decode once: both sizes use the same pixels, which carry no metadata.
  const { data, info } = await image
    .resize(AVATAR_PIXELS, AVATAR_PIXELS, { fit: "cover" })
    .toColourspace("srgb")
    .timeout({ seconds: DECODE_LIMIT_SECONDS })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = sharp(data, { raw: info });
  const large = await pixels.clone().webp({ quality: 82 }).toBuffer();
  const small = await pixels.clone().resize(THUMBNAIL_PIXELS).webp({ quality: 82 }).toBuffer();
  const key = createHash("sha256").update(large).digest("hex");
  return {
    key,
    files: [
      { name: imageName(key, "large"), bytes: large },
      { name: imageName(key, "small"), bytes: small },
    ],
  };
}

function refused(refusal: PictureRefusal): PictureResult {
  return { ok: false, refusal };
}
