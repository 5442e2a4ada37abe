import { authorise } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { isAllowed } from "@/lib/shared/permissions.ts";
import { define, type State } from "../define.ts";

/** Lets only signed-in users pass. */
export const signedIn = define.middleware((ctx) => {
  requireUser(ctx.state);
  return ctx.next();
});

/** Lets only admins and support pass. Use cases know what is for admins only. */
export const staffOnly = define.middleware((ctx) => {
  requireStaff(ctx.state);
  return ctx.next();
});

/** Makes sure that somebody is signed in. @throws {DomainError} `not_signed_in` */
export function requireUser({ viewer }: State): void {
  if (!viewer) throw new DomainError("not_signed_in");
}

/**
 * Makes sure that an admin or support is signed in, and is nobody else at the moment.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`
 */
function requireStaff({ actor }: State): void {
  // Use cases ask for the scopes that they need of an API key.
  if (actor.kind === "api_key" && isAllowed(actor.role, "list_users", "other")) return;
  authorise(actor, "list_users");
}
