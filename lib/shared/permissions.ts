import { ACTIONS, type PermittedAction } from "./actions.ts";
import type { Role } from "./users.ts";

/** Whether somebody with `role` may do `action`, to their own account or to another one. */
export function isAllowed(role: Role, action: PermittedAction, whose: "own" | "other"): boolean {
  return role === "admin" || (whose === "own" && ACTIONS[action].by === "owner");
}

/** The page that somebody starts from. */
export function homeOf(role: Role | undefined): string {
  if (role === undefined) return "/login";
  return role === "admin" ? "/admin" : "/profile";
}
