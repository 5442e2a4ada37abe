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
import type { Picture } from "@/lib/storage/picture.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * Makes an avatar from an upload without storing it. Call it before the transaction, which must not
 * wait for a decoder.
 *
 * @throws {DomainError} `picture_…` or `busy` if the upload is refused.
 */
export async function readImage(
  images: Images,
  upload: Uint8Array,
  crop?: PictureCrop,
): Promise<Picture> {
  const result = await images.pictures.read(upload, crop);
  if (result.ok) return result.picture;
  throw new DomainError(result.refusal === "pictures_busy" ? "busy" : result.refusal);
}

/**
 * Stores an avatar in the transaction in which the profile starts to use it, and returns the URL
 * for `user_profiles.image`. Call {@linkcode releaseImages} when the profile no longer uses the old
 * avatar, and {@linkcode announceImage} after the commit.
 *
 * @param replaced URL of the profile's old avatar, if any
 */
export async function saveImage(
  tx: Tx,
  images: Pick<Images, "keptIn">,
  picture: Picture,
  replaced: string | null,
): Promise<string> {
  await lockImageKeys(tx, [picture.key, ...keysOf([replaced])]);
  if (images.keptIn === "ftp") await sendImages(tx, picture.files.map(({ name }) => name));
  await insertImages(tx, images.keptIn === "ftp" ? "waiting" : "stored", picture.files);
  return imageUrl(picture.key);
}

/**
 * Releases avatars in the transaction in which profiles stop using them. A file that another
 * profile uses stays. Foreign URLs and `null` are ignored.
 */
export async function releaseImages(
  tx: Tx,
  images: Images,
  urls: readonly (string | null)[],
): Promise<void> {
  const keys = keysOf(urls);
  // A transaction that saves the same avatar now waits, or has committed the profile that uses it.
  await lockImageKeys(tx, keys);
  const named = new Set(await listNamedAmong(tx, keys.map(imageUrl)));
  const names = keys.filter((key) => !named.has(imageUrl(key))).flatMap(imageNames);
  if (images.keptIn === "ftp") await sendImages(tx, names);
  await deleteImages(tx, names);
}

/** Adds jobs that send files to the FTP server, or remove unused ones there. */
export async function sendImages(tx: Tx, names: readonly string[]): Promise<void> {
  await insertJobs(tx, names.map((subject) => ({ kind: "image", subject })));
}

function keysOf(urls: readonly (string | null)[]): string[] {
  return [...new Set(urls.flatMap((url) => url === null ? [] : imageKey(url) ?? []))];
}

/** Call it after a commit that stored (`picture`) or released avatars. */
export function announceImage(
  { images, jobs }: Pick<Services, "images" | "jobs">,
  picture?: Picture,
): void {
  if (picture) images.cache.remember(picture.files);
  jobs.wake("image");
}

/** Most bytes that copies of sent files may take: some 8,000 avatars. */
const MAX_COPIES_BYTES = 256 * 1024 * 1024;

/** Deletes the oldest copies beyond the limit. */
export async function trimCopies(db: Db, maxBytes: number = MAX_COPIES_BYTES): Promise<void> {
  await trimSentImages(db, maxBytes);
}

/** The answer to a request for a file. */
export type ImageAnswer =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "elsewhere"; readonly url: string }
  | { readonly kind: "missing" }
  /** The FTP server is not working. */
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

/** Files that are not on the FTP server yet cannot be fetched from its public folder. */
async function findPublished(db: Db, publicUrl: string, name: string): Promise<ImageAnswer> {
  const waiting = await findImageBytes(db, name, ["stored", "waiting"]);
  return waiting === undefined
    ? { kind: "elsewhere", url: publicUrlOf(publicUrl, name) }
    : { kind: "bytes", bytes: new Uint8Array(waiting) };
}

/** The state of the image store, for the dashboard and `doctor`. */
export interface ImagesState extends JobQueue {
  readonly keptIn: Images["keptIn"];
  /** Why the store fails. `undefined` if it works. */
  readonly failure: string | undefined;
}

/** Describes the image store and its queue. Does not wait for a store that does not answer. */
export async function describeImages(db: Db, images: Images): Promise<ImagesState> {
  const [failure, queue] = await Promise.all([
    images.health.findFailure(),
    describeJobs(db, "image"),
  ]);
  return { keptIn: images.keptIn, failure, ...queue };
}
