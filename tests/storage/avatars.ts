import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { announceImage, releaseImages, saveImage } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { imageNames } from "@/lib/storage/image_store.ts";
import type { Picture } from "@/lib/storage/picture.ts";

/** A picture as the reader makes it, but quickly: what is in it does not matter to the stores. */
export function makePicture(seed: string): Picture {
  const bytes = wholeWebp(seed.repeat(500));
  const key = createHash("sha256").update(bytes).digest("hex");
  const [large, small] = imageNames(key);
  return { key, files: [{ name: large, bytes }, { name: small, bytes: wholeWebp(seed) }] };
}

function wholeWebp(content: string): Uint8Array {
  const header = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  header.writeUInt32LE(content.length + 4, 4);
  return new Uint8Array(Buffer.concat([header, Buffer.from(content, "latin1")]));
}

/** Makes a user with a profile, and gives the id. */
export async function addUser(db: Db, username: string): Promise<number> {
  const email = `${username}@example.com`;
  const { id } = await db.insertInto("users").values({
    username,
    username_key: username,
    email,
    email_key: email,
    password_hash: "none",
  }).returning("id").executeTakeFirstOrThrow();
  await db.insertInto("user_profiles").values({ user_id: id, image: null }).execute();
  return id;
}

/** Gives a user another avatar, or none, in the order of the use case that edits users. */
export async function changeAvatar(
  db: Db,
  services: Pick<Services, "images" | "jobs">,
  userId: number,
  picture?: Picture,
): Promise<void> {
  const { images } = services;
  await inTransaction(db, async (tx) => {
    const before = await tx.selectFrom("user_profiles").select("image")
      .where("user_id", "=", userId).forUpdate().executeTakeFirstOrThrow();
    const image = picture ? await saveImage(tx, images, picture, before.image) : null;
    await tx.updateTable("user_profiles").set({ image }).where("user_id", "=", userId).execute();
    await releaseImages(tx, images, [before.image]);
  });
  announceImage(services, picture);
}
