import {
  countOtherViews,
  deleteView,
  listViewsOf,
  upsertView,
  type UserListSaved,
} from "@/lib/repo/user_views.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { USER_VIEWS_MAX } from "@/lib/shared/limits.ts";
import { userListForm } from "@/lib/shared/list_forms.ts";
import { activeFilters, userListPath, type UserListQuery } from "@/lib/shared/user_list.ts";
import type { SavedViewView } from "@/lib/shared/views.ts";
import { changeOwn } from "@/lib/domain/accounts/own_change.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/** Lists the actor's views by name. @throws {DomainError} `not_signed_in`, `forbidden` */
export async function listSavedViews(
  { db }: Services,
  actor: UserActor,
): Promise<SavedViewView[]> {
  authorise(actor, "list_views");
  return (await listViewsOf(db, actor.userId)).map(savedView);
}

/**
 * Saves a query of the user list under a name, in the place of the earlier one of this name. The page
 * that it was at is no part of it.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `too_many_views`
 */
export async function saveView(
  services: Services,
  actor: UserActor,
  { name, query: sent }: { readonly name: string; readonly query: string },
): Promise<Outcome<SavedViewView>> {
  const query = readQuery(sent);
  if (!query) return refuse({ query: "The query must be one of the user list" });
  const value = await changeOwn(services, actor, "save_view", async (tx, { id: owner_id }) => {
    const others = await countOtherViews(tx, owner_id, name);
    if (others >= USER_VIEWS_MAX) throw new DomainError("too_many_views");
    return await upsertView(tx, { owner_id, name, query: queryText(query) });
  });
  return { ok: true, value: savedView(value) };
}

/** Removes a view of the actor. @throws {DomainError} `not_signed_in`, `forbidden`, `view_not_found` */
export async function removeView(
  services: Services,
  actor: UserActor,
  viewId: number,
): Promise<SavedViewView> {
  const view = await changeOwn(services, actor, "remove_view", async (tx, { id }) => {
    const removed = await deleteView(tx, id, viewId);
    if (!removed) throw new DomainError("view_not_found");
    return removed;
  });
  return savedView(view);
}

function readQuery(text: string): UserListQuery | undefined {
  const parsed = parseForm(userListForm, new Map(new URLSearchParams(text)));
  return parsed.ok ? { ...parsed.value, after: undefined, before: undefined } : undefined;
}

function queryText(query: UserListQuery): string {
  return userListPath(query).split("?")[1] ?? "";
}

function savedView({ id, name, query: text }: UserListSaved): SavedViewView {
  // A later version may not have every filter any more.
  const query = readQuery(text) ?? {};
  return {
    view_id: id,
    name,
    path: userListPath(query),
    words: [
      ...(query.q ? [`Search for ${query.q}`] : []),
      ...activeFilters(query).map(({ words }) => words),
    ],
  };
}
