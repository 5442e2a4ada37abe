import type { ProofNeed } from "./action.ts";
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
  return role === "admin" ? "/admin" : "/profile";
}
