import { type RawBuilder, sql, type SqlBool } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { AuditEvent } from "./audit_events.ts";
import { type IdPage, idPageOf, type IdPageQuery } from "./id_pages.ts";

/** Which entries of the audit trail: all that are given must hold. */
export interface AuditEntryFilter {
  /** Who did it, or really did it while viewing as somebody else. */
  readonly actorId?: number | undefined;
  readonly targetId?: number | undefined;
  readonly action?: string | undefined;
  /** Not before this time. */
  readonly from?: Date | undefined;
  /** Before this time. */
  readonly until?: Date | undefined;
  /** A client address. With a dot or colon at the end, the beginning of one. */
  readonly network?: string | undefined;
  /** Beginnings of words of names, reasons and changed values. */
  readonly words?: readonly string[] | undefined;
  readonly requestId?: string | undefined;
}

/** Lists a page of the entries, newest first. */
export async function listAuditEntries(
  db: Db,
  filter: AuditEntryFilter,
  query: IdPageQuery,
): Promise<IdPage<AuditEvent>> {
  const { limit, after, before } = query;
  const direction = before === undefined ? "desc" : "asc";
  const page = (whose: Condition | undefined) =>
    db.selectFrom("audit_events").selectAll()
      .where((where) => where.and(conditionsOf(filter)))
      .$if(whose !== undefined, (select) => select.where(whose!))
      .$if(after !== undefined, (select) => select.where("id", "<", after ?? 0))
      .$if(before !== undefined, (select) => select.where("id", ">", before ?? 0))
      .orderBy("id", direction).limit(limit + 1);
  const { actorId } = filter;
  if (actorId === undefined) return idPageOf(await page(undefined).execute(), query);
  // Each half reads the end of its own index. An "or" would have to read and sort everything.
  const acted = page(sql<SqlBool>`actor_id = ${actorId}::int8`);
  const viewed = page(
    sql<SqlBool>`real_actor_id = ${actorId}::int8 and actor_id is distinct from real_actor_id`,
  );
  const found = await db.selectFrom(
    db.selectFrom(acted.as("acted")).selectAll()
      .unionAll(db.selectFrom(viewed.as("viewed")).selectAll()).as("both"),
  ).selectAll().orderBy("id", direction).limit(limit + 1).execute();
  return idPageOf(found, query);
}

type Condition = RawBuilder<SqlBool>;

/**
 * The times of entries are those at which their transactions began, and the numbers were taken later.
 * Nothing runs for as long as this.
 */
const LONGEST_TRANSACTION = sql`interval '1 hour'`;

function conditionsOf(filter: AuditEntryFilter): Condition[] {
  const { targetId, action, from, until } = filter;
  const conditions: Condition[] = [];
  if (targetId !== undefined) conditions.push(sql`target_id = ${targetId}::int8`);
  if (action !== undefined) conditions.push(sql`action = ${action}`);
  // The bounds of the numbers let a page of a year ago begin where it is.
  if (from) {
    conditions.push(sql`at >= ${from}::timestamptz and id >= (
      select id from audit_events where at >= ${from}::timestamptz - ${LONGEST_TRANSACTION}
      order by at limit 1
    )`);
  }
  if (until) {
    conditions.push(sql`at < ${until}::timestamptz and id <= (
      select id from audit_events where at < ${until}::timestamptz + ${LONGEST_TRANSACTION}
      order by at desc limit 1
    )`);
  }
  const lexemes = lexemesOf(filter);
  if (lexemes.length > 0) conditions.push(sql`${WORDS} @@ ${lexemes.join(" & ")}::tsquery`);
  return conditions;
}

/** As in the index `audit_events_words`. */
const WORDS = sql`audit_words(actor_name, real_actor_name, target_name, details, request_id, ip)`;

function lexemesOf({ network, words = [], requestId }: AuditEntryFilter): string[] {
  return [
    ...words.map((word) => `${quoted(word.toLowerCase())}:*`),
    ...(network ? [`${quoted(`ip:${network}`)}${/[.:]$/.test(network) ? ":*" : ""}`] : []),
    ...(requestId ? [quoted(`id:${requestId}`)] : []),
  ];
}

/** @see https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY */
function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll(/['\\]/g, (character) => character + character)}'`;
}
