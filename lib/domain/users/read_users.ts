import type { Db } from "@/lib/db/database.ts";
import { listUsers, type UserPage } from "@/lib/repo/user_list.ts";
import { COUNT_LIMIT, type UserQuery } from "@/lib/repo/user_matches.ts";
import { findUserWithProfile } from "@/lib/repo/users.ts";
import { activeFilters, type UserListQuery } from "@/lib/shared/user_list.ts";
import type { UserListView, UserView } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { authorise, isAdmin } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { readInTime } from "@/lib/domain/slow_reads.ts";
import { maskView, seesMasked } from "./masked_views.ts";
import { userQueryFor } from "./user_query.ts";
import { userView } from "./user_views.ts";

/**
 * Returns a user's account and profile.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`
 */
export async function getUser(
  { db }: Services,
  actor: Actor,
  userId: number,
): Promise<UserView> {
  authorise(actor, "see_user", userId);
  const found = await findUserWithProfile(db, userId);
  if (!found) throw new DomainError("user_not_found");
  return userView(found.user, found.profile, isAdmin(actor) ? "admin" : "own");
}

/**
 * Returns a page of the user list. For support, addresses are masked.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `search_too_broad`
 * @throws {QueueFullError} when too many searches are waiting.
 */
export async function listUserPage(
  services: Services,
  actor: Actor,
  query: UserListQuery,
): Promise<UserListView> {
  authorise(actor, "list_users");
  const canView = services.settings.impersonation === "on";
  const masked = seesMasked(actor);
  const page = await findUserPage(services, userQueryFor(services, actor, query));
  const view = {
    masked,
    users: page.users.map((user) => ({
      user_id: user.id,
      username: user.username,
      email: user.email,
      full_name: user.full_name ?? "",
      image: user.image,
      role: user.role,
      status: user.status,
      status_reason: user.status_reason,
      suspended_until: user.suspended_until?.toISOString() ?? null,
      locked: user.locked_until !== null,
      locked_until: user.locked_until?.toISOString() ?? null,
      can_be_viewed: canView && user.role === "user",
      created_at: user.created_at.toISOString(),
      last_login_at: user.last_login_at?.toISOString() ?? null,
    })),
    next: page.next,
    previous: page.previous,
    first: page.first,
    estimated_total: page.total,
  };
  return masked ? maskView(view) : view;
}

async function findUserPage(services: Services, query: UserQuery): Promise<UserPage> {
  const filters = activeFilters(query);
  const { q = "", searchIn } = query;
  const key = JSON.stringify([q, searchIn, ...filters.map(({ name, value }) => [name, value])]);
  const known = services.userTotals.get(key);
  const read = (db: Db) => listUsers(db, query, known);
  const isPlain = !query.q && filters.length === 0;
  const page = await (isPlain ? read(services.db) : readInTime(services.readSlowly, read));
  // Smaller totals are exact, so they must be counted each time.
  if (known === undefined && page.total > COUNT_LIMIT) services.userTotals.keep(key, page.total);
  return page;
}
