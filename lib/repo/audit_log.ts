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

/** Entries that are looked through for words before the index of words is asked. */
const WINDOW = 1_000;

/** Lists a page of the entries, newest first. */
export async function listAuditEntries(
  db: Db,
  filter: AuditEntryFilter,
  query: IdPageQuery,
): Promise<IdPage<AuditEvent>> {
  const words = wordsOf(filter);
  if (words === undefined) return idPageOf(await findEntries(db, filter, query).execute(), query);
  // What is common fills a page here. The index would find all of it, and sort it.
  const recent = findEntries(db, filter, { ...query, limit: WINDOW });
  const common = await db.selectFrom(recent.as("audit_events")).selectAll().where(words)
    .orderBy("id", directionOf(query)).limit(query.limit + 1).execute();
  if (common.length > query.limit) return idPageOf(common, query);
  return idPageOf(await findEntries(db, filter, query, words).execute(), query);
}

function directionOf({ before }: IdPageQuery): "asc" | "desc" {
  return before === undefined ? "desc" : "asc";
}

function findEntries(
  db: Db,
  filter: AuditEntryFilter,
  query: IdPageQuery,
  words: Condition = sql`true`,
) {
  const { limit, after, before } = query;
  const direction = directionOf(query);
  const page = (whose: Condition) =>
    db.selectFrom("audit_events").selectAll().where(words).where(whose)
      .where((where) => where.and(conditionsOf(filter)))
      .$if(after !== undefined, (select) => select.where("id", "<", after ?? 0))
      .$if(before !== undefined, (select) => select.where("id", ">", before ?? 0))
      .orderBy("id", direction).limit(limit + 1);
  const { actorId } = filter;
  if (actorId === undefined) return page(sql`true`);
  // Each half reads the end of its own index. An "or" would have to read and sort everything.
  const acted = page(sql`actor_id = ${actorId}::int8`);
  const viewed = page(
    sql`real_actor_id = ${actorId}::int8 and actor_id is distinct from real_actor_id`,
  );
  return db.selectFrom(
    db.selectFrom(acted.as("acted")).selectAll()
      .unionAll(db.selectFrom(viewed.as("viewed")).selectAll()).as("audit_events"),
  ).selectAll().orderBy("id", direction).limit(limit + 1);
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
  return conditions;
}

/** As in the index `audit_events_words`. */
const WORDS = sql`audit_words(actor_name, real_actor_name, target_name, details, request_id, ip)`;

function wordsOf({ network, words = [], requestId }: AuditEntryFilter): Condition | undefined {
  const lexemes = [
    ...words.map((word) => `${quoted(word.toLowerCase())}:*`),
    ...(network ? [`${quoted(`ip:${network}`)}${/[.:]$/.test(network) ? ":*" : ""}`] : []),
    ...(requestId ? [quoted(`id:${requestId}`)] : []),
  ];
  return lexemes.length === 0 ? undefined : sql`${WORDS} @@ ${lexemes.join(" & ")}::tsquery`;
}

/** @see https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY */
function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll(/['\\]/g, (character) => character + character)}'`;
}
