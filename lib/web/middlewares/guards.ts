import { DomainError } from "@/lib/domain/errors.ts";
import { isAllowed } from "@/lib/shared/permissions.ts";
import { define, type State } from "../define.ts";

/** Lets only signed-in users pass. */
export const signedIn = define.middleware((ctx) => {
  requireUser(ctx.state);
  return ctx.next();
});

/** Lets only admins pass. */
export const adminsOnly = define.middleware((ctx) => {
  requireAdmin(ctx.state);
  return ctx.next();
});

/** Makes sure that somebody is signed in. @throws {DomainError} `not_signed_in` */
export function requireUser({ viewer }: State): void {
  if (!viewer) throw new DomainError("not_signed_in");
}

/** Makes sure that an admin is signed in. @throws {DomainError} `not_signed_in`, `forbidden` */
export function requireAdmin({ viewer }: State): void {
  if (!viewer) throw new DomainError("not_signed_in");
  if (!isAllowed(viewer.role, "list_users", "other")) throw new DomainError("forbidden");
}
