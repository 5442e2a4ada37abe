import type { Role } from "@/lib/shared/users.ts";

interface RoleBadgeProps {
  readonly role: Role;
}

/** A user's role as a badge. */
export function RoleBadge({ role }: RoleBadgeProps) {
  return role === "admin"
    ? <span class="badge badge-warning">Admin</span>
    : <span class="badge badge-secondary">User</span>;
}
