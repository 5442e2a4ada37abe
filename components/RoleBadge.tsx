import { type Role, ROLE_LABELS } from "@/lib/shared/users.ts";

interface RoleBadgeProps {
  readonly role: Role;
}

/** A user's role as a badge. */
export function RoleBadge({ role }: RoleBadgeProps) {
  return <span class={role === "user" ? "badge" : "badge badge-warning"}>{ROLE_LABELS[role]}</span>;
}
