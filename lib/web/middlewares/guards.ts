import { isAllowed } from "@/lib/shared/permissions.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { define } from "../define.ts";

/** Lets only signed-in users pass. */
export const signedIn = define.middleware((ctx) => {
  if (!ctx.state.viewer) throw new DomainError("not_signed_in");
  return ctx.next();
});

/** Lets only admins pass. */
export const adminsOnly = define.middleware((ctx) => {
  const { viewer } = ctx.state;
  if (!viewer) throw new DomainError("not_signed_in");
  if (!isAllowed(viewer.role, "list_users", "other")) throw new DomainError("forbidden");
  return ctx.next();
});
