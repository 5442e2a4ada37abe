import type { ProofNeed } from "./action.ts";
import { actionOf, type PermittedAction } from "./actions.ts";
import type { Scope } from "./api_keys.ts";
import type { Role } from "./users.ts";

/** Whether somebody with `role` may do `action`, to their own account or to another one. */
export function isAllowed(role: Role, action: PermittedAction, whose: "own" | "other"): boolean {
  const { by, support } = actionOf(action);
  return role === "admin" || (role === "support" && support === true) ||
    (whose === "own" && by === "owner");
}

/** Whether somebody with `role` may act on the account of a user with the role `target`. */
export function reaches(role: Role, target: Role): boolean {
  return role !== "support" || target !== "admin";
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

/** The proof that `action` needs, to the own account or to another one. `undefined` for none. */
export function proofNeed(
  action: PermittedAction,
  whose: "own" | "other",
): ProofNeed | undefined {
  const { proof, ownProof = proof } = actionOf(action);
  return whose === "own" ? ownProof : proof;
}

/** The page that somebody starts from. */
export function homeOf(role: Role | undefined): string {
  if (role === undefined) return "/login";
  if (role === "support") return "/user_list";
  return role === "admin" ? "/admin" : "/profile";
}
