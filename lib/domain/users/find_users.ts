import { findDeletedUsersByName } from "@/lib/repo/deleted_users.ts";
import { findUserById, findUserByLogin, type User } from "@/lib/repo/users.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { getUser } from "./users.ts";
import type { UserView } from "@/lib/shared/views.ts";
import type { UserName } from "./delete_user.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * The users that `name` may mean: who has it as username or address, and who has it as id. None,
 * one, or two where a username consists of digits.
 */
export async function findUsersNamed(
  services: Services,
  actor: TaskActor,
  name: string,
): Promise<UserView[]> {
  const { db } = services;
  const id = idIn(name);
  const found = [
    await findUserByLogin(db, name),
    id === undefined ? undefined : await findUserById(db, id),
  ].filter((user): user is User => user !== undefined);
  const ids = new Set(found.map((user) => user.id));
  return await Promise.all([...ids].map((userId) => getUser(services, actor, userId)));
}

/** The deleted users that `name` may mean, the last deleted first. */
export async function findDeletedUsersNamed(
  { db }: Services,
  name: string,
): Promise<Pick<UserName, "user_id" | "username">[]> {
  const found = await findDeletedUsersByName(db, name, idIn(name));
  return found.map(({ user_id, username }) => ({ user_id, username }));
}

/** The id that a text is, if it is one. */
function idIn(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
