import type { Db } from "@/lib/db/database.ts";

/** The URLs among `urls` that a profile names, or that of a deleted user who may come back. */
export async function listNamedAmong(db: Db, urls: readonly string[]): Promise<string[]> {
  if (urls.length === 0) return [];
  const rows = await db.selectFrom("named_images").select("image").distinct()
    .where("image", "in", urls).execute();
  return rows.flatMap(({ image }) => image ?? []);
}

/** Who names which URL, of those that begin with `start`. */
export async function listNamedFrom(
  db: Db,
  start: string,
): Promise<{ userId: number; image: string }[]> {
  const rows = await db.selectFrom("named_images").select(["user_id", "image"])
    // The range of the prefix, which the index answers: nothing in a URL sorts after "g".
    .where("image", ">=", start).where("image", "<", `${start}g`).execute();
  return rows.flatMap(({ user_id, image }) => image === null ? [] : { userId: user_id, image });
}
