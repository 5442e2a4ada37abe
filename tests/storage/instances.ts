import type { Db } from "@/lib/db/database.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { type Images, openImages } from "@/lib/storage/images.ts";
import type { FtpServer } from "@/tests/kit/ftp_server.ts";
import { makePicture } from "./avatars.ts";
import { ftpSettings } from "./ftp_servers.ts";

/** One process of the application, as far as images go. */
export async function openInstance(
  db: Db,
  server: FtpServer,
): Promise<AsyncDisposable & { readonly images: Images }> {
  const settings = { ftp: ftpSettings(server), imagePublicUrl: undefined };
  const images = await openImages(db, settings, createSilentLogger());
  return { images, [Symbol.asyncDispose]: () => images.close() };
}

/** Whether nothing waits for the FTP server. */
export async function isEmpty(db: Db): Promise<boolean> {
  return await db.selectFrom("image_uploads").select("name").executeTakeFirst() === undefined;
}

/** Where the server has the avatars that {@linkcode makePicture} makes of these seeds. */
export function pathsOf(seeds: readonly string[]): string[] {
  return seeds.flatMap((seed) => makePicture(seed).files)
    .map(({ name }) => `avatars/${name.slice(0, 2)}/${name}`).sort();
}
