import type { Role } from "./users.ts";

/** What somebody may want to do, by the route or task that does it. */
export type Action =
  | "change_own_password"
  | "see_dashboard"
  | "list_users"
  | "see_user"
  | "edit_user"
  | "edit_username"
  | "edit_role"
  | "update_status"
  | "unlock_user"
  | "delete_user"
  | "list_deleted_users"
  | "restore_user"
  | "sign_out_user";

/** Admins may do all of it; these a user may do to their own account as well. */
const OWN_ACCOUNT: ReadonlySet<Action> = new Set<Action>([
  "change_own_password",
  "see_user",
  "edit_user",
  "delete_user",
]);

/** Whether somebody with `role` may do `action`, to their own account or to another one. */
export function isAllowed(role: Role, action: Action, whose: "own" | "other"): boolean {
  return role === "admin" || (whose === "own" && OWN_ACCOUNT.has(action));
}

/** The page that somebody starts from. */
export function homeOf(role: Role | undefined): string {
  if (role === undefined) return "/login";
  return role === "admin" ? "/admin" : "/profile";
}
