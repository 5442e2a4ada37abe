import { isAllowed } from "@/lib/shared/permissions.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { define } from "../define.ts";

/** Lets nobody pass who has not signed in. */
export const signedIn = define.middleware((ctx) => {
  if (!ctx.state.viewer) throw new DomainError("not_signed_in");
  return ctx.next();
});

/** Lets admins pass alone. */
export const adminsOnly = define.middleware((ctx) => {
  const { viewer } = ctx.state;
  if (!viewer) throw new DomainError("not_signed_in");
  if (!isAllowed(viewer.role, "list_users", "other")) throw new DomainError("forbidden");
  return ctx.next();
});
