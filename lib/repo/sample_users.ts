import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/** End of a made-up username after two names, as in `alva.sample.17`. */
const SAMPLE_NAME = "^[a-z]+[.][a-z]+[.]([0-9]{1,9})$";

/** Returns the highest number of a made-up user, or 0. */
export async function findLastSampleNumber(db: Db): Promise<number> {
  const row = await db.selectFrom("users")
    .select(sql<number>`coalesce(max(substring(username_key from ${SAMPLE_NAME})::int), 0)`
      .as("last"))
    .where("email_key", "like", "%@example.com")
    .executeTakeFirstOrThrow();
  return row.last;
}
