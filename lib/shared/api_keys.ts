import type { Role } from "./users.ts";

/** Days that an API key works for at most. */
export const API_KEY_MAX_DAYS = 365;

/** API keys that a user may have. */
export const API_KEYS_MAX = 20;

/** Days for which a key is still listed after its end. */
export const API_KEYS_LISTED_DAYS = 30;

/** What an API key may be allowed to do. Scopes beyond `self` are for admins. */
export const SCOPES = {
  "self": { label: "See and edit your own profile", role: "user" },
  "users:read": { label: "See all users", role: "admin" },
  "users:write": { label: "Edit, suspend, delete and restore other users", role: "admin" },
} as const satisfies Readonly<Record<string, { readonly label: string; readonly role: Role }>>;

/** Names a scope. */
export type Scope = keyof typeof SCOPES;

/** Returns the scopes that the keys of users with `role` may have. */
export function scopesOf(role: Role): Scope[] {
  const all = Object.keys(SCOPES) as Scope[];
  return all.filter((scope) => role === "admin" || SCOPES[scope].role === "user");
}
