import type { UserQuery } from "@/lib/repo/user_matches.ts";
import type { UserListQuery } from "@/lib/shared/user_list.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import type { Services } from "@/lib/domain/services.ts";
import { seesMasked } from "./masked_views.ts";

/**
 * Returns a query of users as the actor may ask it. The words of support are not looked for in
 * addresses: otherwise a few guesses would find what is masked.
 *
 * @throws {DomainError} `forbidden`
 */
export function userQueryFor(
  { settings }: Pick<Services, "settings">,
  actor: Actor,
  query: UserListQuery,
): UserQuery {
  if (query.sort?.endsWith("email")) authorise(actor, "find_by_address");
  if (query.tag !== undefined) authorise(actor, "find_by_tag");
  if (query.bulk !== undefined) authorise(actor, "see_bulk_jobs");
  return {
    ...query,
    searchIn: seesMasked(actor) ? "names" : undefined,
    dormantDays: settings.dormantAfterDays,
  };
}
