import type { Db } from "@/lib/db/database.ts";

/** Returns those of `urls` that a profile uses, including profiles of deleted users. */
export async function listNamedAmong(db: Db, urls: readonly string[]): Promise<string[]> {
  if (urls.length === 0) return [];
  const rows = await db.selectFrom("named_images").select("image").distinct()
    .where("image", "in", urls).execute();
  return rows.flatMap(({ image }) => image ?? []);
}

/** Lists users and their URLs that begin with `start`. */
export async function listNamedFrom(
  db: Db,
  start: string,
): Promise<{ userId: number; image: string }[]> {
  const rows = await db.selectFrom("named_images").select(["user_id", "image"])
    // A range that the index can answer: no URL contains a character after "g" there.
    .where("image", ">=", start).where("image", "<", `${start}g`).execute();
  return rows.flatMap(({ user_id, image }) => image === null ? [] : { userId: user_id, image });
}
