/** What a user may be. */
export const ROLES = ["user", "admin"] as const;

/** What a user may be. */
export type Role = typeof ROLES[number];

/** Whether a user may sign in. */
export const STATUSES = ["active", "suspended"] as const;

/** Whether a user may sign in. */
export type Status = typeof STATUSES[number];

/** Returns the name of a user for messages. */
export function displayName(
  { full_name, username }: { readonly full_name: string; readonly username: string },
): string {
  return full_name || username;
}
