import { type Role, ROLE_LABELS } from "@/lib/shared/users.ts";

interface RoleBadgeProps {
  readonly role: Role;
}

/** A user's role as a badge. */
export function RoleBadge({ role }: RoleBadgeProps) {
  const look = role === "user" ? "badge-secondary" : "badge-warning";
  return <span class={`badge ${look}`}>{ROLE_LABELS[role]}</span>;
}
