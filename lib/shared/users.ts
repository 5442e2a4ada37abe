/** All roles, as pages name them. Support helps users to sign in. */
export const ROLE_LABELS = { user: "User", support: "Support", admin: "Admin" } as const;

/** The role of a user. */
export type Role = keyof typeof ROLE_LABELS;

/** All roles. */
export const ROLES = Object.keys(ROLE_LABELS) as [Role, ...Role[]];

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

/** Returns the address of the page of a user. */
export function userPath(userId: number): string {
  return `/user?user_id=${userId}`;
}
