import type { Db } from "@/lib/db/database.ts";
import { findUserDetails } from "@/lib/repo/user_details.ts";
import { listUsers } from "@/lib/repo/user_list.ts";
import { countAllMatches, matchesOf, type UserQuery } from "@/lib/repo/user_matches.ts";
import { activeFilters, type UserListQuery } from "@/lib/shared/user_list.ts";
import type { ExportedUserView, ExportView } from "@/lib/shared/operation_views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import type { Services } from "@/lib/domain/services.ts";
import { readInTime, type ReadSlowly } from "@/lib/domain/slow_reads.ts";
import { userQueryFor } from "./user_query.ts";
import { profileValues } from "./user_views.ts";

/** Which users are exported, and in which order. */
export type ExportQuery = Omit<UserListQuery, "limit" | "after" | "before">;

/** An export that has begun. */
export interface UserExport {
  /** How many users matched when it began. */
  readonly count: number;
  /** The users in the order of the list. A portion is read when it is asked for. */
  readonly rows: AsyncIterable<readonly ExportedUserView[]>;
}

/** Users of a portion. */
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
  return { count, rows: portions(services, asked, count) };
}

function countUsers(readSlowly: ReadSlowly, query: UserQuery): Promise<number> {
  return readInTime(readSlowly, (db) => countAllMatches(db, matchesOf(query)));
}

async function* portions(
  { readSlowly }: Services,
  query: UserQuery,
  count: number,
): AsyncGenerator<readonly ExportedUserView[]> {
  let after: string | null | undefined;
  while (after !== null) {
    const page = { ...query, limit: PORTION, after };
    const { users, next } = await readInTime(readSlowly, (db) => readPortion(db, page, count));
    yield users;
    after = next;
  }
}

async function readPortion(db: Db, page: UserQuery, count: number) {
  const { users, next } = await listUsers(db, page, count);
  const details = await findUserDetails(db, users.map(({ id }) => id));
  const views = users.flatMap((user): ExportedUserView[] => {
    const detail = details.get(user.id);
    // The user was deleted between the two statements.
    if (!detail) return [];
    const { profile, tags, email_verified_at } = detail;
    return [{
      user_id: user.id,
      username: user.username,
      email: user.email,
      email_verified: email_verified_at !== null,
      role: user.role,
      status: user.status,
      status_reason: user.status_reason,
      suspended_until: user.suspended_until?.toISOString() ?? null,
      locked_until: user.locked_until?.toISOString() ?? null,
      ...profileValues(user, profile ?? undefined),
      tags: tags.join(" "),
      created_at: user.created_at.toISOString(),
      last_login_at: user.last_login_at?.toISOString() ?? null,
    }];
  });
  return { users: views, next };
}
