import { inTransaction } from "@/lib/db/transaction.ts";
import { beginViewing, endViewing } from "@/lib/repo/sessions.ts";
import type { ActionInput } from "@/lib/shared/actions.ts";
import { VIEWING_MINUTES } from "@/lib/shared/limits.ts";
import type { NamedUser } from "@/lib/shared/views.ts";
import { sessionOwner, type UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, authorisePage, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUser } from "@/lib/domain/users/admins.ts";
import { namedUser } from "@/lib/domain/users/change_user.ts";

/**
 * Makes sure that an admin may open the page on which viewing begins.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`, `viewing_off`,
 * `step_up_required`
 */
export async function requireViewing(services: Services, actor: UserActor): Promise<void> {
  authoriseViewing(services, actor);
  await authorisePage(services.db, actor, "view_as");
}

/**
 * Lets an admin use the application as another user does, in the same session, for
 * `VIEWING_MINUTES`. What they may do then is in the table of actions. The user sees in their
 * activity that it began, and gets no e-mail.
 *
 * @throws {DomainError} the errors of {@linkcode requireViewing}, `user_not_found`, `viewing_admin`
 */
export async function viewAs(
  services: Services,
  actor: UserActor,
  { user_id, reason }: ActionInput<"view_as">,
): Promise<NamedUser> {
  authoriseViewing(services, actor);
  return await inTransaction(services.db, async (tx) => {
    const user = await lockUser(tx, user_id);
    await confirmSession(tx, actor, "view_as", user.id);
    if (user.role !== "user") throw new DomainError("viewing_admin");
    const viewing = { userId: user.id, minutes: VIEWING_MINUTES };
    // Another request of the same session was faster.
    if (!await beginViewing(tx, actor.sessionId, viewing)) {
      throw new DomainError("not_while_viewing");
    }
    await audit(tx, actor, "view_as", user, { ...(reason && { reason }) });
    return await namedUser(tx, user);
  });
}

/** Makes the session the admin's own again. Does nothing if it is. */
export async function stopViewing({ db }: Services, actor: UserActor): Promise<void> {
  authorise(actor, "stop_viewing", actor.userId);
  const { userId: id, username, sessionId } = actor;
  await inTransaction(db, async (tx) => {
    if (!await endViewing(tx, sessionId) || !actor.viewedBy) return;
    await audit(tx, sessionOwner(actor), "stop_viewing", { id, username });
  });
}

function authoriseViewing({ settings }: Services, actor: UserActor): void {
  authorise(actor, "view_as");
  if (settings.impersonation === "off") throw new DomainError("viewing_off");
}
