import { findDeletedUsersByName } from "@/lib/repo/deleted_users.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { findUserById, findUserByLogin } from "@/lib/repo/users.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import type { NamedUser, UserView } from "@/lib/shared/views.ts";
import type { Services } from "@/lib/domain/services.ts";
import { userView } from "./user_views.ts";

/**
 * Finds the users that `name` may mean: the one with this username or address, and the one with
 * this id. Two if a username consists of digits.
 */
export async function findUsersNamed(
  { db }: Services,
  _: TaskActor,
  name: string,
): Promise<UserView[]> {
  const id = idIn(name);
  const named = await findUserByLogin(db, name);
  const numbered = id === undefined || id === named?.id ? undefined : await findUserById(db, id);
  const found = [named, numbered].filter((user) => user !== undefined);
  return await Promise.all(
    found.map(async (user) => userView(user, await findUserProfileByUserId(db, user.id), "admin")),
  );
}

/** Finds the deleted users that `name` may mean, last deleted first. */
export async function findDeletedUsersNamed(
  { db }: Services,
  name: string,
): Promise<Pick<NamedUser, "user_id" | "username">[]> {
  const found = await findDeletedUsersByName(db, name, idIn(name));
  return found.map(({ user_id, username }) => ({ user_id, username }));
}

/** Reads a text as an id, if it is one. */
function idIn(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
