import type { Db } from "@/lib/db/database.ts";
import type { Logger } from "@/lib/log.ts";
import { findImageBytes } from "@/lib/repo/images.ts";
import { listNamedAmong } from "@/lib/repo/named_images.ts";
import type { Settings } from "@/lib/settings.ts";
import { imageUrl } from "@/lib/shared/images.ts";
import { DatabaseStore } from "@/lib/storage/database_store.ts";
import type { FtpStore } from "@/lib/storage/ftp_store.ts";
import { ImageCache } from "@/lib/storage/image_cache.ts";
import { type ImageStore, isIntact, keyOfName, shardOfName } from "@/lib/storage/image_store.ts";
import { PictureReader } from "@/lib/storage/picture.ts";
import { StoreHealth } from "@/lib/storage/store_health.ts";

/** Channel on which the workers of a process find each other. */
const CHANNEL = "roster images";

/** Stores and serves avatars. */
export interface Images {
  /** Makes avatars from uploads. */
  readonly pictures: PictureReader;
  /** The final store: the FTP server, or the database. */
  readonly store: ImageStore;
  readonly health: StoreHealth;
  /** Kind of `store`. Jobs of kind `image` bring files to the FTP server. */
  readonly keptIn: "database" | "ftp";
  readonly cache: ImageCache;
  /** Where the FTP folder is published over HTTP, without a trailing slash. */
  readonly publicUrl: string | undefined;
  /** Closes connections. The jobs must have ended. */
  close(): Promise<void>;
}

/** Opens the configured store. It connects with the first file. */
export async function openImages(
  db: Db,
  settings: Pick<Settings, "ftp" | "imagePublicUrl">,
  log: Logger,
): Promise<Images> {
  const ftp = settings.ftp && await openFtpStore(settings.ftp);
  const siblings = ftp && new BroadcastChannel(CHANNEL);
  const store = ftp ?? new DatabaseStore(db);
  const health = new StoreHealth(store);
  return {
    pictures: new PictureReader(),
    store,
    health,
    keptIn: ftp ? "ftp" : "database",
    cache: new ImageCache(
      async (name) => await findImageBytes(db, name) ?? (ftp && await loadFrom(ftp, db, name, log)),
      siblings && { siblings },
    ),
    publicUrl: ftp && settings.imagePublicUrl,
    async close() {
      await health.settled();
      ftp?.close();
      siblings?.close();
    },
  };
}

/** Loads the FTP client only if needed. */
async function openFtpStore(server: NonNullable<Settings["ftp"]>): Promise<FtpStore> {
  const { FtpStore } = await import("@/lib/storage/ftp_store.ts");
  return new FtpStore(server);
}

/** Returns the URL of a file in the published FTP folder. */
export function publicUrlOf(publicUrl: string, name: string): string {
  return `${publicUrl}/${shardOfName(name)}/${name}`;
}

/** Unknown names cost one query, but never a connection to the FTP server. */
async function loadFrom(
  ftp: ImageStore,
  db: Db,
  name: string,
  log: Logger,
): Promise<Uint8Array | undefined> {
  const named = await listNamedAmong(db, [imageUrl(keyOfName(name) ?? "")]);
  if (named.length === 0) return undefined;
  const bytes = await ftp.get(name);
  if (bytes === undefined || isIntact({ name, bytes })) return bytes;
  log.error({ image: name }, "an image on the FTP server is damaged");
  return undefined;
}
