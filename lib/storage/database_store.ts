import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteImages,
  findImageBytes,
  findImageChangedAt,
  insertImages,
  listImages,
} from "@/lib/repo/images.ts";
import {
  type ImageFile,
  type ImageStore,
  shardOfName,
  type StoredImage,
} from "@/lib/storage/image_store.ts";

/** Stores images in the database, so that backups of the accounts include them. */
export class DatabaseStore implements ImageStore {
  constructor(private readonly db: Db) {}

  /** @inheritdoc */
  async put(file: ImageFile): Promise<void> {
    shardOfName(file.name);
    await inTransaction(this.db, (tx) => insertImages(tx, "stored", [file]));
  }

  /** @inheritdoc */
  async get(name: string): Promise<Uint8Array | undefined> {
    shardOfName(name);
    return await findImageBytes(this.db, name);
  }

  /** @inheritdoc */
  async delete(name: string): Promise<void> {
    shardOfName(name);
    await deleteImages(this.db, [name]);
  }

  /** @inheritdoc */
  async list(shard: string): Promise<StoredImage[]> {
    return await listImages(this.db, shard, ["stored"]);
  }

  /** @inheritdoc */
  async modifiedAt(name: string): Promise<Date | undefined> {
    shardOfName(name);
    return await findImageChangedAt(this.db, name);
  }

  /** Queries an empty shard. */
  async check(): Promise<void> {
    await listImages(this.db, "none", ["stored"]);
  }

  /** Nothing to close: the database belongs to the caller. */
  close(): void {}
}
