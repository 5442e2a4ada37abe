import type { Db, Tx } from "@/lib/db/database.ts";
import {
  deleteImages,
  findImageBytes,
  insertImages,
  lockImageKeys,
  trimSentImages,
} from "@/lib/repo/images.ts";
import { describeJobs, insertJobs, type JobQueue } from "@/lib/repo/jobs.ts";
import { listNamedAmong } from "@/lib/repo/named_images.ts";
import { imageKey, imageUrl, type PictureCrop } from "@/lib/shared/images.ts";
import { type Images, publicUrlOf } from "@/lib/storage/images.ts";
import { imageNames, keyOfName, StoreUnavailableError } from "@/lib/storage/image_store.ts";
import type { Picture, PictureRefusal } from "@/lib/storage/picture.ts";
import { DomainError, type DomainErrorCode } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

const CODES: Readonly<Record<PictureRefusal, DomainErrorCode>> = {
  picture_too_large: "picture_too_large",
  picture_wrong_type: "picture_wrong_type",
  picture_too_many_pixels: "picture_too_many_pixels",
  picture_unreadable: "picture_unreadable",
  pictures_busy: "busy",
  pictures_unavailable: "pictures_unavailable",
};

/**
 * Makes an avatar of an upload; stores nothing yet. To be called before the transaction, which must
 * not wait for a decoder.
 *
 * @throws {DomainError} `picture_…` or `busy`, when the upload is not taken.
 */
export async function readImage(
  images: Images,
  upload: Uint8Array | ReadableStream<Uint8Array>,
  crop?: PictureCrop,
): Promise<Picture> {
  const result = await images.pictures.read(upload, crop);
  if (result.ok) return result.picture;
  throw new DomainError(CODES[result.refusal]);
}

/**
 * Stores an avatar in the transaction that lets the profile name it, and gives the URL for
 * `user_profiles.image`. {@linkcode releaseImages} follows when the profile no longer names the
 * avatar it had, and {@linkcode announceImage} after the commit.
 *
 * @param replaced URL of the avatar that the profile had, if any
 */
export async function saveImage(
  tx: Tx,
  images: Images,
  picture: Picture,
  replaced: string | null,
): Promise<string> {
  await lockImageKeys(tx, [picture.key, ...keysOf([replaced])]);
  if (images.keptIn === "ftp") await sendImages(tx, picture.files.map(({ name }) => name));
  await insertImages(tx, images.keptIn === "ftp" ? "waiting" : "stored", picture.files);
  return imageUrl(picture.key);
}

/**
 * Lets go of avatars in the transaction that has just made profiles stop naming them. A file that
 * another profile names as well stays. URLs that are none of ours, and `null`, are passed over.
 */
export async function releaseImages(
  tx: Tx,
  images: Images,
  urls: readonly (string | null)[],
): Promise<void> {
  const keys = keysOf(urls);
  // Whoever saves the same avatar now waits, or has committed the profile that names it.
  await lockImageKeys(tx, keys);
  const named = new Set(await listNamedAmong(tx, keys.map(imageUrl)));
  const names = keys.filter((key) => !named.has(imageUrl(key))).flatMap(imageNames);
  if (images.keptIn === "ftp") await sendImages(tx, names);
  await deleteImages(tx, names);
}

/** Has files sent to the FTP server, or removed there if no profile names them. */
export async function sendImages(tx: Tx, names: readonly string[]): Promise<void> {
  await insertJobs(tx, names.map((subject) => ({ kind: "image", subject })));
}

function keysOf(urls: readonly (string | null)[]): string[] {
  return [...new Set(urls.flatMap((url) => url === null ? [] : imageKey(url) ?? []))];
}

/** To be called after a commit that stored (`picture`) or released avatars. */
export function announceImage(
  { images, jobs }: Pick<Services, "images" | "jobs">,
  picture?: Picture,
): void {
  if (picture) images.cache.remember(picture.files);
  jobs.wake("image");
}

/** What copies of sent files may take of the database, in bytes: some 8,000 avatars. */
const MAX_COPIES_BYTES = 256 * 1024 * 1024;

/** Gives up the oldest copies that there is no room for any more. */
export async function trimCopies(db: Db, maxBytes: number = MAX_COPIES_BYTES): Promise<void> {
  await trimSentImages(db, maxBytes);
}

/** What to answer to somebody who asks for a file. */
export type ImageAnswer =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "elsewhere"; readonly url: string }
  | { readonly kind: "missing" }
  /** The FTP server does not work just now. */
  | { readonly kind: "unavailable" };

/** Finds the file of that name in memory, in the database or on the FTP server. */
export async function findImage(db: Db, images: Images, name: string): Promise<ImageAnswer> {
  if (keyOfName(name) === undefined) return { kind: "missing" };
  try {
    if (images.publicUrl !== undefined) return await findPublished(db, images.publicUrl, name);
    const bytes = await images.cache.get(name);
    return bytes === undefined ? { kind: "missing" } : { kind: "bytes", bytes };
  } catch (error) {
    if (error instanceof StoreUnavailableError) return { kind: "unavailable" };
    throw error;
  }
}

/** What is not on the FTP server yet cannot be fetched from where its folder is published. */
async function findPublished(db: Db, publicUrl: string, name: string): Promise<ImageAnswer> {
  const waiting = await findImageBytes(db, name, ["stored", "waiting"]);
  return waiting === undefined
    ? { kind: "elsewhere", url: publicUrlOf(publicUrl, name) }
    : { kind: "bytes", bytes: new Uint8Array(waiting) };
}

/** The state of the image store, for the dashboard and `doctor`. */
export interface ImagesState extends JobQueue {
  readonly keptIn: Images["keptIn"];
  /** Why the store does not work; `undefined` when all is well. */
  readonly failure: string | undefined;
}

/** How the image store is and how much waits for it; a store that does not answer delays nobody. */
export async function describeImages(db: Db, images: Images): Promise<ImagesState> {
  const [failure, queue] = await Promise.all([
    images.health.findFailure(),
    describeJobs(db, "image"),
  ]);
  return { keptIn: images.keptIn, failure, ...queue };
}
