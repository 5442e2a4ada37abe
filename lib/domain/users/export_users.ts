import { findExportedUsers, listExportedIds, listExportedUsers } from "@/lib/repo/user_export.ts";
import { countAllMatches, matchesOf, type UserQuery } from "@/lib/repo/user_matches.ts";
import { activeFilters, type UserListQuery } from "@/lib/shared/user_list.ts";
import { readAhead } from "@/lib/read_ahead.ts";
import type { ExportedUserView, ExportView } from "@/lib/shared/operation_views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import type { Services } from "@/lib/domain/services.ts";
import { readInTime, type ReadSlowly } from "@/lib/domain/slow_reads.ts";
import { userQueryFor } from "./user_query.ts";

/** Which users are exported, and in which order. */
export type ExportQuery = Omit<UserListQuery, "limit" | "after" | "before">;

/** An export that has begun. */
export interface UserExport {
  /** How many users matched when it began. */
  readonly count: number;
  /** The users in the order of the list. While a portion is written, the next one is read. */
  readonly rows: AsyncIterable<readonly ExportedUserView[]>;
}

/** Users of a portion who are found by id. */
const PORTION = 500;

/**
 * Counts the users that an export would have.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `scope_missing`, `search_too_broad`
 */
export async function describeExport(
  services: Services,
  actor: Actor,
  query: ExportQuery,
): Promise<ExportView> {
  authorise(actor, "export_users");
  const asked = userQueryFor(services, actor, query);
  return { users: await countUsers(services.readSlowly, asked) };
}

/**
 * Reads all users that match a query, in portions. The audit log has an entry with the query and the
 * number of users.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `scope_missing`, `search_too_broad`
 */
export async function exportUsers(
  services: Services,
  actor: Actor,
  query: ExportQuery,
): Promise<UserExport> {
  authorise(actor, "export_users");
  const asked = userQueryFor(services, actor, query);
  const count = await countUsers(services.readSlowly, asked);
  const filters = activeFilters(query).map(({ name, value }) => [name, value]);
  await audit(services.db, actor, "export_users", undefined, {
    users: count,
    ...(query.q && { search: query.q }),
    ...Object.fromEntries(filters),
  });
  return { count, rows: readAhead(portions(services, asked, count)) };
}

function countUsers(readSlowly: ReadSlowly, query: UserQuery): Promise<number> {
  return readInTime(readSlowly, (db) => countAllMatches(db, matchesOf(query)));
}

/** Matches that one statement finds and sorts. More are found by reading the list in its order. */
const MAX_SORTED = 100_000;

async function* portions(
  { readSlowly }: Services,
  query: UserQuery,
  count: number,
): AsyncGenerator<readonly ExportedUserView[]> {
  if (count <= MAX_SORTED) {
    const ids = await readInTime(readSlowly, (db) => listExportedIds(db, query, MAX_SORTED));
    for (let start = 0; start < ids.length; start += PORTION) {
      const portion = ids.slice(start, start + PORTION);
      yield await readInTime(readSlowly, (db) => findExportedUsers(db, portion));
    }
    return;
  }
  let after: string | null | undefined;
  while (after !== null) {
    const part = { ...query, after };
    const { users, next } = await readInTime(readSlowly, (db) => listExportedUsers(db, part));
    yield users;
    after = next;
  }
}
