import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/**
 * Takes the lease for the work `name`: only one process gets it, for `seconds`. It is never given
 * back, so a crash does no harm. Returns whether this process got it.
 */
export async function takeLease(db: Db, name: string, seconds: number): Promise<boolean> {
  const expires_at = sql<Date>`now() + ${seconds}::int * interval '1 second'`;
  const row = await db.insertInto("leases").values({ name, expires_at })
    .onConflict((on) =>
      on.column("name").doUpdateSet({ expires_at })
        .where("leases.expires_at", "<=", sql<Date>`now()`)
    )
    .returning("name").executeTakeFirst();
  return row !== undefined;
}
