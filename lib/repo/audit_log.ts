import { type RawBuilder, sql, type SqlBool } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { AuditEvent, ListedAuditEvent } from "./audit_events.ts";
import { type IdPage, idPageOf, type IdPageQuery } from "./id_pages.ts";
import { IS_UNDOABLE } from "./undo_log.ts";

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

/** A page of entries. */
export interface AuditEntryPage extends IdPage<ListedAuditEvent> {
  /** Up to which time they were looked through, if time was over before the page was full. */
  readonly searchedTo: Date | null;
}

/** For how long a page is looked for. */
const SEARCH_MS = 200;

/** Common words fill a page with this many entries. An index would find and sort all of them. */
const FIRST_IDS = 128;

/** As in `audit_terms()`: a term is a word of an entry and the block that the entry is in. */
const BLOCK_IDS = 2 ** 14;

/** Blocks that one statement goes through at most. */
const MAX_BLOCKS = 64;

/** After a statement that took no longer, the next goes through more blocks. */
const QUICK_MS = 20;

/**
 * Lists a page of the entries, newest first. No index has the entries with a word, or those of two
 * filters, in order: they are looked for block by block. If `searchMs` are over before the page is
 * full, it has what was found so far, and the next page goes on from there.
 */
export async function listAuditEntries(
  db: Db,
  filter: AuditEntryFilter,
  query: IdPageQuery,
  searchMs = SEARCH_MS,
): Promise<AuditEntryPage> {
  const found: ListedAuditEvent[] = [];
  const end = performance.now() + searchMs;
  const all = await findRange(db, filter, query);
  for (const range of rangesOf(all, filter, directionOf(query))) {
    const limit = query.limit + 1 - found.length;
    found.push(...await findEntries(db, filter, { ...range, ...query, limit }));
    if (found.length > query.limit) break;
    const isLast = range.low <= all.low && range.high >= all.high;
    if (!isLast && performance.now() >= end) return await partOf(db, found, query, range);
  }
  return { ...idPageOf(found, query), searchedTo: null };
}

type Direction = "asc" | "desc";

function directionOf({ before }: IdPageQuery): Direction {
  return before === undefined ? "desc" : "asc";
}

/** Ids from `low` to `high`, including both. */
interface IdRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The times of entries are those at which their transactions began, and the numbers were taken later.
 * Nothing runs for as long as this.
 */
const LONGEST_TRANSACTION = sql`interval '1 hour'`;

/** Finds between which ids the page is, so that a page of a year ago begins where it is. */
async function findRange(
  db: Db,
  filter: AuditEntryFilter,
  { after = Number.MAX_SAFE_INTEGER, before = -1 }: IdPageQuery,
): Promise<IdRange> {
  const asked = { low: before + 1, high: after - 1 };
  const { from, until } = filter;
  // An index that has the entries in order needs no other limits.
  if (isOrdered(filter) && !from && !until) return asked;
  const low = from
    ? sql`(select id from audit_events where at >= ${from}::timestamptz - ${LONGEST_TRANSACTION}
        order by at limit 1)`
    : sql`(select min(id) from audit_events)`;
  const high = until
    ? sql`(select id from audit_events where at < ${until}::timestamptz + ${LONGEST_TRANSACTION}
        order by at desc limit 1)`
    : sql`(select max(id) from audit_events)`;
  const { rows: [range] } = await sql<{ low: number | null; high: number | null }>`
    select ${low} as low, ${high} as high
  `.execute(db);
  return {
    low: Math.max(range?.low ?? Infinity, asked.low),
    high: Math.min(range?.high ?? -1, asked.high),
  };
}

/** A part of a search. */
interface SearchedRange extends IdRange {
  /** Whether entries are read in the order of their ids, and not found by their terms. */
  readonly inOrder: boolean;
}

/** Cuts the ids of a search into ranges, which get wider while they are searched quickly. */
function* rangesOf(
  { low, high }: IdRange,
  filter: AuditEntryFilter,
  direction: Direction,
): Generator<SearchedRange> {
  if (isOrdered(filter)) {
    if (low <= high) yield { low, high, inOrder: true };
    return;
  }
  const isDown = direction === "desc";
  for (let blocks = 0; low <= high;) {
    const inOrder = blocks === 0;
    const range = isDown
      ? { low: inOrder ? high - FIRST_IDS + 1 : (blockOf(high) - blocks + 1) * BLOCK_IDS, high }
      : { low, high: inOrder ? low + FIRST_IDS - 1 : (blockOf(low) + blocks) * BLOCK_IDS - 1 };
    const start = performance.now();
    yield { low: Math.max(low, range.low), high: Math.min(high, range.high), inOrder };
    const isQuick = performance.now() - start < QUICK_MS;
    blocks = inOrder || !isQuick ? 1 : Math.min(MAX_BLOCKS, blocks * 4);
    if (isDown) high = range.low - 1;
    else low = range.high + 1;
  }
}

function blockOf(id: number): number {
  return Math.floor(id / BLOCK_IDS);
}

/** Whether an index has all that match in the order of their ids. */
function isOrdered(filter: AuditEntryFilter): boolean {
  const { actorId, targetId, action } = filter;
  const set = [actorId, targetId, action].filter((value) => value !== undefined);
  return set.length <= 1 && wordsIn(filter).length === 0;
}

/** Makes a page that is not full, because time was over. Its neighbour begins where the search ended. */
async function partOf(
  db: Db,
  found: readonly ListedAuditEvent[],
  query: IdPageQuery,
  { low, high }: IdRange,
): Promise<AuditEntryPage> {
  const isDown = directionOf(query) === "desc";
  const end = isDown ? low : high;
  const { rows: [entry] } = await sql<{ at: Date }>`
    select at from audit_events where id >= ${end}::int8 order by id limit 1
  `.execute(db);
  const neighbours = isDown ? { next: end } : { previous: end, next: (query.before ?? 0) + 1 };
  return { ...idPageOf(found, query), ...neighbours, searchedTo: entry?.at ?? null };
}

type Condition = RawBuilder<SqlBool>;

function findEntries(
  db: Db,
  filter: AuditEntryFilter,
  query: IdPageQuery & SearchedRange,
): Promise<ListedAuditEvent[]> {
  const direction = directionOf(query);
  const undoable = IS_UNDOABLE.as("undoable");
  const page = (...whose: Condition[]) =>
    db.selectFrom(entriesOf(filter, query, whose).as("audit_events")).selectAll()
      .orderBy("id", direction).limit(query.limit);
  const { actorId } = filter;
  if (actorId === undefined) return page().select(undoable).execute();
  // Each half reads the end of its own index. An "or" would have to read and sort everything.
  const acted = page(sql`actor_id = ${actorId}::int8`);
  const viewed = page(
    sql`real_actor_id = ${actorId}::int8 and actor_id is distinct from real_actor_id`,
  );
  return db.selectFrom(
    db.selectFrom(acted.as("acted")).selectAll()
      .unionAll(db.selectFrom(viewed.as("viewed")).selectAll()).as("audit_events"),
  ).selectAll().select(undoable).orderBy("id", direction).limit(query.limit).execute();
}

/** The entries of a range that match. `offset 0` keeps the planner from testing others for words. */
function entriesOf(
  filter: AuditEntryFilter,
  { low, high, inOrder }: SearchedRange,
  whose: readonly Condition[],
): RawBuilder<AuditEvent> {
  const isInRange = sql<SqlBool>`id between ${low}::int8 and ${high}::int8`;
  const conditions = [...whose, ...conditionsOf(filter)];
  const words = wordsIn(filter);
  if (words.length === 0) return sql`(${entriesWith([isInRange, ...conditions])})`;
  const hasTerms = sql<SqlBool>`${TERMS} @@ ${termsOf(words, { low, high })}::tsquery`;
  return inOrder
    ? sql`(select * from (${entriesWith([isInRange])} offset 0) e
        where ${allOf([...conditions, hasTerms])})`
    : sql`(select * from (${entriesWith([hasTerms, ...conditions])} offset 0) e
        where ${isInRange})`;
}

function entriesWith(conditions: readonly Condition[]): RawBuilder<AuditEvent> {
  return sql`select * from audit_events where ${allOf(conditions)}`;
}

function allOf(conditions: readonly Condition[]): Condition {
  return sql<SqlBool>`${sql.join(conditions, sql` and `)}`;
}

function conditionsOf({ targetId, action, from, until }: AuditEntryFilter): Condition[] {
  return [
    targetId === undefined ? undefined : sql<SqlBool>`target_id = ${targetId}::int8`,
    action === undefined ? undefined : sql<SqlBool>`action = ${action}`,
    from && sql<SqlBool>`at >= ${from}::timestamptz`,
    until && sql<SqlBool>`at < ${until}::timestamptz`,
  ].filter((condition) => condition !== undefined);
}

/** As in the index `audit_events_terms`. */
const TERMS = sql`audit_terms(
  id, actor_name, real_actor_name, target_name, details, request_id, ip
)`;

/** A word to look for, or the beginning of one. */
interface Word {
  readonly text: string;
  readonly isBeginning: boolean;
}

function wordsIn({ network, words = [], requestId }: AuditEntryFilter): Word[] {
  return [
    ...words.map((word) => ({ text: word.toLowerCase(), isBeginning: true })),
    ...(network ? [{ text: `ip:${network}`, isBeginning: /[.:]$/.test(network) }] : []),
    ...(requestId ? [{ text: `id:${requestId}`, isBeginning: false }] : []),
  ];
}

/** Returns a query for all words in any of the blocks. */
function termsOf(words: readonly Word[], { low, high }: IdRange): string {
  const first = blockOf(low);
  const blocks = Array.from({ length: blockOf(high) - first + 1 }, (_, index) => first + index);
  return blocks.map((block) =>
    words.map(({ text, isBeginning }) => quoted(`${block} ${text}`) + (isBeginning ? ":*" : ""))
      .join(" & ")
  ).join(" | ");
}

/** @see https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY */
function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll(/['\\]/g, (character) => character + character)}'`;
}
