import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Logger } from "@/lib/log.ts";
import { messageOf } from "@/lib/message_of.ts";
import { deleteImageCopies, insertCopyOfUpload } from "@/lib/repo/image_copies.ts";
import {
  type ClaimedUpload,
  claimUpload,
  deleteUpload,
  expediteUploads,
  findNextUploadAt,
  postponeUpload,
} from "@/lib/repo/image_uploads.ts";
import { listNamedAmong } from "@/lib/repo/named_images.ts";
import { imageUrl } from "@/lib/shared/images.ts";
import { type ImageStore, keyOfName } from "@/lib/storage/image_store.ts";

/** What became of the files that waited. */
export interface DrainCounts {
  /** Sent, or found to be there. */
  readonly sent: number;
  /** Taken off the server, since nobody names them. */
  readonly removed: number;
  /** Waiting for another attempt. */
  readonly failed: number;
  /** The server failed so often in a row that the rest was not tried. */
  readonly gaveUp: boolean;
}

/** Files in transfer at a time: half of the connections, so that readers always find one. */
const CONCURRENCY = 2;

/** Longer than all time limits of a file together: whoever holds one for longer has died. */
const LEASE_SECONDS = 180;

/** A server that fails so often in a row is left alone until the next round. */
const MAX_FAILURES_IN_A_ROW = 3;

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/**
 * Carries out what the commits left in `image_uploads`: each file there is sent to the server if a
 * profile names it, and removed from the server if none does, which is decided when its turn comes.
 * Any number of processes may do so at once; the database gives each file to one of them.
 */
export class ImageOutbox {
  #running: Promise<void> | undefined;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failedRounds = 0;
  #closed = false;

  constructor(
    private readonly db: Db,
    private readonly store: ImageStore,
    private readonly log: Logger,
  ) {}

  /** Sends what waits, soon and in the background, now and whenever something is due again. */
  kick(): void {
    const waitsAfterFailure = this.#failedRounds > 0 && this.#timer !== undefined;
    if (this.#running !== undefined) this.#again = true;
    else if (!this.#closed && !waitsAfterFailure) this.#start();
  }

  /**
   * Makes everything due and goes through it once.
   *
   * @param onProgress called after each file
   * @throws what the database throws; a store that does not work is counted instead.
   */
  async drainAll(onProgress: () => void = () => {}): Promise<DrainCounts> {
    await expediteUploads(this.db);
    return await this.#drain(onProgress);
  }

  /** Waits for the files in transfer; what has not begun stays in the database. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#runInBackground().finally(() => {
      this.#running = undefined;
    });
  }

  async #runInBackground(): Promise<void> {
    let gaveUp = true;
    try {
      do {
        this.#again = false;
        ({ gaveUp } = await this.#drain(() => {}));
      } while (this.#again && !gaveUp);
    } catch (error) {
      this.log.error({ err: error }, "cannot read which images wait for the FTP server");
    }
    await this.#scheduleNext(gaveUp);
  }

  /** After a failure, later each time and never for all processes at the same moment. */
  async #scheduleNext(gaveUp: boolean): Promise<void> {
    this.#failedRounds = gaveUp ? this.#failedRounds + 1 : 0;
    const due = await findNextUploadAt(this.db).catch(() => undefined);
    if (this.#closed) return;
    const untilDue = due === undefined ? MAX_RETRY_MS : due.getTime() - Date.now();
    const atLeast = gaveUp ? retryDelayMs(this.#failedRounds) : FIRST_RETRY_MS;
    const delayMs = Math.min(MAX_RETRY_MS, Math.max(untilDue, atLeast));
    this.#timer = setTimeout(() => this.#start(), delayMs);
  }

  async #drain(onProgress: () => void): Promise<DrainCounts> {
    const counts = { sent: 0, removed: 0, failed: 0 };
    let failuresInARow = 0;
    const work = async () => {
      while (!this.#closed && failuresInARow < MAX_FAILURES_IN_A_ROW) {
        const upload = await claimUpload(this.db, LEASE_SECONDS);
        if (upload === undefined) return;
        const outcome = await this.#carryOut(upload);
        failuresInARow = outcome === "failed" ? failuresInARow + 1 : 0;
        counts[outcome]++;
        onProgress();
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return { ...counts, gaveUp: failuresInARow >= MAX_FAILURES_IN_A_ROW };
  }

  async #carryOut(upload: ClaimedUpload): Promise<"sent" | "removed" | "failed"> {
    const { name, bytes } = upload;
    try {
      const named = await this.#isNamed(name);
      if (!named) await this.#remove(name);
      else if (bytes !== undefined) await this.store.put({ name, bytes });
      if (named) await this.#dropSent(upload);
      else await deleteUpload(this.db, upload);
      return named ? "sent" : "removed";
    } catch (error) {
      const reason = messageOf(error);
      this.log.warn({ image: name, reason }, "an image has to wait for the FTP server");
      const delayMs = retryDelayMs(upload.attempts + 1);
      await postponeUpload(this.db, name, { delayMs, error: reason });
      return "failed";
    }
  }

  async #isNamed(name: string): Promise<boolean> {
    const key = keyOfName(name);
    return key !== undefined && (await listNamedAmong(this.db, [imageUrl(key)])).length > 0;
  }

  async #remove(name: string): Promise<void> {
    await this.store.delete(name);
    await this.store.delete(`${name}.part`);
    await deleteImageCopies(this.db, [name]);
  }

  /** Moves to the copies, which are served when the server is down. */
  async #dropSent(upload: ClaimedUpload): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      await insertCopyOfUpload(tx, upload);
      await deleteUpload(tx, upload);
    });
  }
}

/** Doubles with each attempt, up to a limit; a random half is left out. */
function retryDelayMs(attempt: number): number {
  const longest = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return longest * (0.5 + Math.random() / 2);
}
