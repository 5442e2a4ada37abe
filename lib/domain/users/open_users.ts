import { touchOpenUser } from "@/lib/repo/open_users.ts";
import type { UserView } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { isOwn } from "@/lib/domain/authorise.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * Notes that admins or support have a user open, and names the others who have. It is no lock: the
 * version of the user decides what is saved. Programs, and users at their own account, do not count.
 */
export async function openUser(
  { db }: Services,
  actor: Actor,
  userId: number,
): Promise<Pick<UserView, "opened_by">> {
  if (actor.kind !== "user" || actor.role === "user" || isOwn(actor, userId)) return {};
  const others = await touchOpenUser(db, userId, actor.userId);
  if (others.length === 0) return {};
  return {
    opened_by: others.map(({ username, opened_at }) => ({
      username,
      opened_at: opened_at.toISOString(),
    })),
  };
}
