import type { Status } from "@/lib/shared/users.ts";

interface StatusBadgeProps {
  readonly status: Status;
}

/** A user's status as a badge. */
export function StatusBadge({ status }: StatusBadgeProps) {
  return status === "active"
    ? <span class="badge badge-success">Active</span>
    : <span class="badge badge-danger">Suspended</span>;
}
