import { inTransaction } from "@/lib/db/transaction.ts";
import {
  countImages,
  findImageBytes,
  insertImages,
  listImages,
  moveImages,
} from "@/lib/repo/images.ts";
import { deleteJobsOfKind, describeJobs } from "@/lib/repo/jobs.ts";
import { listNamedAmong, listNamedFrom } from "@/lib/repo/named_images.ts";
import { imageKey, imageUrl } from "@/lib/shared/images.ts";
import {
  type ImageFile,
  imageNames,
  type ImageStore,
  isIntact,
  keyOfName,
  SHARDS,
} from "@/lib/storage/image_store.ts";
import type { Services } from "@/lib/domain/services.ts";
import { releaseImages, sendImages, trimCopies } from "./images.ts";

/** Options of {@linkcode syncImages}. */
export interface SyncOptions {
  /** Only reports what would be done. */
  readonly dryRun?: boolean;
  /** Reads every file back and compares it with its name. */
  readonly verify?: boolean;
  /** Moves everything there. */
  readonly to?: "ftp" | "database";
  /** Called after each of {@linkcode SYNC_STEPS}. */
  readonly onProgress?: () => void;
}

/** A file of a user's avatar that is missing or damaged. */
export interface FaultyImage {
  readonly userId: number;
  readonly name: string;
}

/** What {@linkcode syncImages} has done, or would do with `dryRun`. */
export interface SyncReport {
  /** Files that were sent to the FTP server. */
  readonly sent: number;
  /** Unused or incomplete files that were older than an hour. */
  readonly removed: number;
  /** Files that were moved from one store to the other. */
  readonly moved: number;
  /** Files that are still waiting, because the FTP server did not take them. */
  readonly waiting: number;
  /** Files that were read back. */
  readonly verified: number;
  /** Missing or damaged files that are sent again from the copies in the database. */
  readonly repaired: number;
  /** Missing files without a copy. */
  readonly missing: readonly FaultyImage[];
  /** Damaged files without a copy. */
  readonly damaged: readonly FaultyImage[];
}

/** Number of steps that {@linkcode syncImages} reports. */
export const SYNC_STEPS = SHARDS.length;

/** Younger files may belong to a transaction that has not committed yet. */
const ORPHAN_AGE_MS = 60 * 60 * 1000;

/** The services that {@linkcode syncImages} uses. */
type SyncServices = Pick<Services, "db" | "images" | "jobs">;

/**
 * Sends waiting files, removes unused ones, and sends missing ones again or reports them.
 *
 * @throws {StoreUnavailableError} when the FTP server does not work.
 * @throws {TypeError} when images are to be moved and there is no FTP server.
 */
export async function syncImages(
  services: SyncServices,
  options: SyncOptions = {},
): Promise<SyncReport> {
  if (options.to !== undefined && services.images.keptIn === "database") {
    throw new TypeError("Moving images needs an FTP server");
  }
  const run = new SyncRun(services, options);
  await run.send();
  for (const shard of SHARDS) {
    await run.syncShard(shard);
    options.onProgress?.();
  }
  // Unused files and repairs that were found.
  if (!options.dryRun) await run.send();
  return await run.report();
}

/** The files that a shard should have, and those that it has. */
interface Shard {
  /** Names of the files that profiles use, with the ids of the users. */
  readonly named: ReadonlyMap<string, number>;
  /** Names of the files in the database, waiting or stored. */
  readonly inDatabase: ReadonlySet<string>;
  /** Names of the files in the store. */
  readonly stored: ReadonlySet<string>;
}

class SyncRun {
  readonly #missing: FaultyImage[] = [];
  readonly #damaged: FaultyImage[] = [];
  #sent = 0;
  #removed = 0;
  #moved = 0;
  #verified = 0;
  #repaired = 0;

  constructor(
    private readonly services: SyncServices,
    private readonly options: SyncOptions,
  ) {}

  async syncShard(name: string): Promise<void> {
    if (this.options.to === "ftp") await this.#moveToFtp(name);
    const shard = await this.#look(name);
    await this.#removeOrphans(shard);
    await this.#reportMissing(shard);
    if (this.options.to === "database") await this.#moveToDatabase(shard);
    if (this.options.verify) await this.#verify(shard);
  }

  /** Sends waiting files. Without an FTP server they stay in the database. */
  async send(): Promise<void> {
    const { db, images, jobs } = this.services;
    if (images.keptIn === "database") return await this.#keepAll();
    const waiting = await countImages(db, "waiting");
    if (this.options.dryRun) {
      this.#sent = waiting;
      return;
    }
    await jobs.drain("image");
    this.#sent += Math.max(0, waiting - await countImages(db, "waiting"));
    await trimCopies(db);
  }

  async #keepAll(): Promise<void> {
    if (this.options.dryRun) return;
    await inTransaction(this.services.db, async (tx) => {
      this.#moved += (await moveImages(tx, { from: ["waiting", "sent"], to: "stored" })).length;
      await deleteJobsOfKind(tx, "image");
    });
  }

  async report(): Promise<SyncReport> {
    const { waiting } = await describeJobs(this.services.db, "image");
    return {
      sent: this.#sent,
      removed: this.#removed,
      moved: this.#moved,
      waiting,
      verified: this.#verified,
      repaired: this.#repaired,
      missing: this.#missing,
      damaged: this.#damaged,
    };
  }

  /** Reads in this order, so that a file that is sent meanwhile is in one of the lists. */
  async #look(shard: string): Promise<Shard> {
    const { db, images } = this.services;
    const named = await this.#listNamed(shard);
    const kept = await listImages(db, shard, ["stored", "waiting"]);
    const stored = await images.store.list(shard);
    return {
      named,
      inDatabase: new Set(kept.map(({ name }) => name)),
      stored: new Set(stored.map(({ name }) => name)),
    };
  }

  async #listNamed(shard: string): Promise<Map<string, number>> {
    const rows = await listNamedFrom(this.services.db, `/images/${shard}`);
    return new Map(rows.flatMap(({ userId, image }) => {
      const key = imageKey(image);
      return key === undefined ? [] : imageNames(key).map((name) => [name, userId] as const);
    }));
  }

  async #removeOrphans({ named, stored }: Shard): Promise<void> {
    for (const name of stored) {
      if (named.has(name) || !await isOldEnough(this.services.images.store, name)) continue;
      this.#removed++;
      if (!this.options.dryRun) await this.#removeOrphan(name);
    }
  }

  /** Checks again, under a lock, that no profile uses it. */
  async #removeOrphan(name: string): Promise<void> {
    const key = keyOfName(name);
    if (key === undefined) return await this.services.images.store.delete(name);
    await inTransaction(
      this.services.db,
      (tx) => releaseImages(tx, this.services.images, [imageUrl(key)]),
    );
  }

  async #reportMissing({ named, inDatabase, stored }: Shard): Promise<void> {
    for (const [name, userId] of named) {
      if (stored.has(name) || inDatabase.has(name)) continue;
      // The user may have changed the avatar meanwhile.
      const url = imageUrl(keyOfName(name) ?? "");
      const isNamed = (await listNamedAmong(this.services.db, [url])).length > 0;
      if (!isNamed) continue;
      const copy = await this.#findCopy(name);
      if (copy) await this.#sendAgain(copy);
      else this.#missing.push({ name, userId });
    }
  }

  async #moveToFtp(shard: string): Promise<void> {
    const { db } = this.services;
    if (this.options.dryRun) {
      this.#moved += (await listImages(db, shard, ["stored"])).length;
      return;
    }
    const moved = await inTransaction(db, async (tx) => {
      const names = await moveImages(tx, { from: ["stored"], to: "waiting", shard });
      await sendImages(tx, names);
      return names.length;
    });
    this.#moved += moved;
    if (moved > 0) await this.send();
  }

  async #moveToDatabase({ named, inDatabase, stored }: Shard): Promise<void> {
    for (const [name, userId] of named) {
      if (inDatabase.has(name) || !stored.has(name)) continue;
      if (!this.options.dryRun) {
        const file = await this.#readIntact(name, userId);
        if (file === undefined) continue;
        await inTransaction(this.services.db, (tx) => insertImages(tx, "stored", [file]));
      }
      this.#moved++;
    }
  }

  async #verify({ named, stored }: Shard): Promise<void> {
    for (const [name, userId] of named) {
      if (!stored.has(name)) continue;
      await this.#readIntact(name, userId);
      this.#verified++;
    }
  }

  /** Finds the copy of a file in the database, if there is one. */
  async #findCopy(name: string): Promise<ImageFile | undefined> {
    const bytes = await findImageBytes(this.services.db, name, ["sent"]);
    return bytes && isIntact({ name, bytes }) ? { name, bytes } : undefined;
  }

  /** Queues a copy for the FTP server. */
  async #sendAgain(copy: ImageFile): Promise<void> {
    this.#repaired++;
    if (this.options.dryRun) return;
    // Delete it first, because the store would mistake a damaged file of the same size for it.
    await this.services.images.store.delete(copy.name);
    await inTransaction(this.services.db, async (tx) => {
      await sendImages(tx, [copy.name]);
      await insertImages(tx, "waiting", [copy]);
    });
  }

  /** Reads a file back. If it is damaged, reads its copy, or reports it if there is none. */
  async #readIntact(name: string, userId: number): Promise<ImageFile | undefined> {
    const bytes = await this.services.images.store.get(name);
    if (bytes === undefined) return undefined;
    if (isIntact({ name, bytes })) return { name, bytes };
    const copy = await this.#findCopy(name);
    if (copy) await this.#sendAgain(copy);
    else this.#damaged.push({ name, userId });
    return copy;
  }
}

/** Whether a file is old enough to be removed. An unknown age counts as young. */
async function isOldEnough(store: ImageStore, name: string): Promise<boolean> {
  const at = await store.modifiedAt(name);
  return at !== undefined && Date.now() - at.getTime() > ORPHAN_AGE_MS;
}
