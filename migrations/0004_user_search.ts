import { type Kysely, sql } from "kysely";
import { searchEntry } from "@/lib/shared/search.ts";

const ROWS_PER_STATEMENT = 2_000;

interface Tables {
  readonly user_search: { user_id: number; text: string; grams: readonly number[] };
}

/**
 * The text in which users are searched. It has its own table, because every sign-in writes `users`
 * and with it all its indexes.
 */
export async function up(db: Kysely<Tables>): Promise<void> {
  await db.schema.createTable("user_search")
    .addColumn(
      "user_id",
      "bigint",
      (c) => c.primaryKey().references("users.id").onDelete("cascade"),
    )
    .addColumn("text", "text", (c) => c.notNull())
    .addColumn("grams", sql`integer[]`, (c) => c.notNull())
    .execute();
  let last = 0;
  while (true) {
    const rows = await namesAfter(db, last);
    if (rows.length === 0) break;
    const values = rows.map(({ user_id, fields }) => ({ user_id, ...searchEntry(fields) }));
    await db.insertInto("user_search").values(values).execute();
    last = rows.at(-1)!.user_id;
  }
  await db.schema.createIndex("user_search_grams").on("user_search").using("gin").column("grams")
    .execute();
  await sql`analyze user_search`.execute(db);
}

async function namesAfter(
  db: Kysely<Tables>,
  id: number,
): Promise<{ user_id: number; fields: string[] }[]> {
  const { rows } = await sql<{ user_id: number; fields: string[] }>`
    select u.id as user_id, array[u.username, u.email, coalesce(p.full_name, '')] as fields
    from users u left join user_profiles p on p.user_id = u.id
    where u.id > ${id} order by u.id limit ${ROWS_PER_STATEMENT}
  `.execute(db);
  return rows;
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<Tables>): Promise<void> {
  await db.schema.dropTable("user_search").execute();
}
