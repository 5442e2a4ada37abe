import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type {
  ImportOutcome,
  ImportState,
  UserImportRowsTable,
  UserImportsTable,
} from "@/lib/db/operation_tables.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import { IMPORTS_KEPT_HOURS } from "@/lib/shared/limits.ts";

/** A row of `user_imports`. */
export type UserImport = Selectable<UserImportsTable>;

/** A row of `user_import_rows`. */
export type ImportRow = Selectable<UserImportRowsTable>;

/** What was found out about a row, or done with it. */
export type RowResult =
  & Pick<ImportRow, "line" | "outcome" | "reason">
  & Partial<Pick<ImportRow, "email_key" | "name_look" | "link">>;

/** Adds an import and returns its number. */
export async function insertImport(
  db: Db,
  values: Omit<Insertable<UserImportsTable>, "id" | "created_at">,
): Promise<number> {
  const { id } = await db.insertInto("user_imports").values(values).returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Adds rows of a file. */
export async function insertImportRows(
  db: Db,
  importId: number,
  rows: readonly { readonly line: number; readonly cells: readonly string[] }[],
): Promise<void> {
  await sql`
    insert into user_import_rows (import_id, line, cells)
    select ${importId}::int8, line, cells
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(line int, cells jsonb)
  `.execute(db);
}

/**
 * Updates the planner's statistics after many new rows or outcomes. Without them each step of an
 * import would sort all rows that are left.
 */
export async function refreshImportStatistics(db: Db): Promise<void> {
  await sql`analyze user_import_rows`.execute(db);
}

/** Finds an import by its number. */
export function findImport(db: Db, id: number): Promise<UserImport | undefined> {
  return db.selectFrom("user_imports").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Lists the imports of an admin, newest first. */
export function listImportsBy(db: Db, userId: number, limit: number): Promise<UserImport[]> {
  return db.selectFrom("user_imports").selectAll().where("by_id", "=", userId)
    .where("state", "<>", "cancelled").orderBy("id", "desc").limit(limit).execute();
}

/** Locks an import until the transaction ends. */
export function lockImport(tx: Tx, id: number): Promise<UserImport | undefined> {
  return tx.selectFrom("user_imports").selectAll().where("id", "=", id).forUpdate()
    .executeTakeFirst();
}

/** Changes an import that the transaction has locked. */
export async function updateImport(
  tx: Tx,
  id: number,
  changes: { readonly state: ImportState; readonly columns?: string },
): Promise<void> {
  await tx.updateTable("user_imports").set(changes).where("id", "=", id).execute();
}

/** Makes all rows unread again, for other columns. */
export async function resetImportRows(tx: Tx, id: number): Promise<void> {
  await tx.updateTable("user_import_rows")
    .set({ outcome: "unread", reason: "", email_key: null, name_look: null, link: null })
    .where("import_id", "=", id).execute();
}

/** Removes an import with its rows. */
export async function deleteImport(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("user_imports").where("id", "=", id).execute();
}

/** Which rows of an import are read. */
export interface RowQuery {
  readonly outcomes: readonly ImportOutcome[];
  readonly link?: "wanted";
  /** Only rows of later lines. */
  readonly after?: number;
  readonly limit: number;
}

/** Lists rows of an import in the order of their lines. */
export function listImportRows(
  db: Db,
  id: number,
  { outcomes, link, after = 0, limit }: RowQuery,
): Promise<ImportRow[]> {
  return db.selectFrom("user_import_rows").selectAll()
    .where("import_id", "=", id).where("outcome", "in", outcomes).where("line", ">", after)
    .$if(link !== undefined, (query) => query.where("link", "=", link!))
    .orderBy("line").limit(limit).execute();
}

/** Counts the rows of an import by outcome, and the links that are wanted. */
export async function countImportRows(
  db: Db,
  id: number,
): Promise<{ readonly outcome: ImportOutcome; readonly count: number; readonly links: number }[]> {
  return await db.selectFrom("user_import_rows").where("import_id", "=", id)
    .select(["outcome", (of) => of.fn.countAll<number>().as("count")])
    .select(sql<number>`count(*) filter (where link = 'wanted')`.as("links"))
    .groupBy("outcome").execute();
}

/** The first row of an import with each of some keys, and the key. */
export type EarlierRow = Pick<ImportRow, "line"> & { readonly key: string };

/** Finds the first rows before `line` about the same users, by the keys of addresses or usernames. */
export async function findEarlierRows(
  db: Db,
  id: number,
  column: "email_key" | "name_look",
  { line, keys }: { readonly line: number; readonly keys: readonly string[] },
): Promise<EarlierRow[]> {
  // A look-up a key: the planner has no statistics of a file that has just been stored.
  const { rows } = await sql<EarlierRow>`
    select k.key, r.line from unnest(${keys}::text[]) as k(key), lateral (
      select line from user_import_rows
      where import_id = ${id}::int8 and ${sql.ref(column)} = k.key and line < ${line}::int
      order by line limit 1
    ) as r
  `.execute(db);
  return rows;
}

/** Writes down what became of rows. */
export async function updateImportRows(
  tx: Tx,
  id: number,
  results: readonly RowResult[],
): Promise<void> {
  await sql`
    update user_import_rows as r
    set outcome = n.outcome, reason = n.reason, link = coalesce(n.link, r.link),
      email_key = coalesce(n.email_key, r.email_key),
      name_look = coalesce(n.name_look, r.name_look)
    from jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
      as n(line int, outcome text, reason text, email_key text, name_look text, link text)
    where r.import_id = ${id} and r.line = n.line
  `.execute(tx);
}

/**
 * Removes what files say about the owners of addresses. A row that was not read, or could not be, has
 * no key: any of its cells may be the address, with an apostrophe if it looked like a formula.
 */
export async function deleteImportRowsOf(tx: Tx, emails: readonly string[]): Promise<void> {
  const keys = sql`${emails.map(emailKey)}::text[]`;
  await sql`
    delete from user_import_rows as r using user_imports as i
    where r.import_id = i.id and (
      r.email_key = any(${keys}) or r.email_key is null and exists (
        select from jsonb_array_elements_text(r.cells) as c(cell)
        where lower(btrim(c.cell, E' \\t\\r\\n\\'')) = any(${keys})
      )
    )
  `.execute(tx);
}

/** Removes up to `limit` rows of old imports, then the imports. Returns how many rows. */
export async function deleteOldImports(db: Db, limit: number): Promise<number> {
  const old = sql`i.created_at < now() - make_interval(hours => ${IMPORTS_KEPT_HOURS}::int)`;
  const { numAffectedRows = 0n } = await sql`delete from user_import_rows as r using (
      select r.import_id, r.line from user_imports as i
      join user_import_rows as r on r.import_id = i.id
      where ${old} limit ${limit}::int
    ) as o where r.import_id = o.import_id and r.line = o.line`.execute(db);
  if (Number(numAffectedRows) < limit) {
    await sql`delete from user_imports as i where ${old}`.execute(db);
  }
  return Number(numAffectedRows);
}
