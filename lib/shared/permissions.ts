import { actionOf, ACTIONS, type PermittedAction } from "./actions.ts";
import type { Scope } from "./api_keys.ts";
import type { Role } from "./users.ts";

/** Whether somebody with `role` may do `action`, to their own account or to another one. */
export function isAllowed(role: Role, action: PermittedAction, whose: "own" | "other"): boolean {
  return role === "admin" || (whose === "own" && ACTIONS[action].by === "owner");
}

/**
 * Whether an API key with `scopes` may do `action` to the account of its user or to another one. Its
 * user must be allowed to do it, too.
 */
export function isInScope(
  scopes: readonly Scope[],
  action: PermittedAction,
  whose: "own" | "other",
): boolean {
  const { scope, ownScope } = actionOf(action);
  if (whose === "own" && ownScope === undefined) return false;
  return scopes.some((held) => held === scope || (whose === "own" && held === ownScope));
}

/** The page that somebody starts from. */
export function homeOf(role: Role | undefined): string {
  if (role === undefined) return "/login";
  return role === "admin" ? "/admin" : "/profile";
}
