/** All roles. */
export const ROLES = ["user", "admin"] as const;

/** The role of a user. */
export type Role = typeof ROLES[number];

/** All statuses. Suspended users cannot sign in. */
export const STATUSES = ["active", "suspended"] as const;

/** The status of a user. */
export type Status = typeof STATUSES[number];

/** Returns the name of a user for messages. */
export function displayName(
  { full_name, username }: { readonly full_name: string; readonly username: string },
): string {
  return full_name || username;
}
