import type { Db } from "@/lib/db/database.ts";
import { findImageBytes, markImageSent } from "@/lib/repo/images.ts";
import type { OutsideWork } from "@/lib/repo/job_runner.ts";
import { listNamedAmong } from "@/lib/repo/named_images.ts";
import { imageUrl } from "@/lib/shared/images.ts";
import { type ImageStore, keyOfName } from "@/lib/storage/image_store.ts";

/** Longer than all time limits of one file together. */
const LEASE_SECONDS = 180;

/**
 * Brings a file on the FTP server in line with the profiles when its turn comes: sends it if a
 * profile uses it, and removes it otherwise.
 */
export function imageTransfer(
  db: Db,
  store: ImageStore,
): Pick<OutsideWork, "leaseSeconds" | "run" | "finish"> {
  return {
    leaseSeconds: LEASE_SECONDS,
    async run({ subject }) {
      const name = subject ?? "";
      if (!await isNamed(db, name)) return await removeFrom(store, name);
      const bytes = await findImageBytes(db, name, ["waiting"]);
      if (bytes !== undefined) await store.put({ name, bytes });
    },
    finish: (tx, { subject }) => markImageSent(tx, subject ?? ""),
  };
}

async function isNamed(db: Db, name: string): Promise<boolean> {
  const key = keyOfName(name);
  return key !== undefined && (await listNamedAmong(db, [imageUrl(key)])).length > 0;
}

async function removeFrom(store: ImageStore, name: string): Promise<void> {
  await store.delete(name);
  await store.delete(`${name}.part`);
}
