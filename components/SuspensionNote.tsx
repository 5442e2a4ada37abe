import { When } from "@/components/When.tsx";
import type { StatusState } from "@/lib/shared/views.ts";

interface SuspensionNoteProps {
  readonly state: StatusState;
}

/** Until when and why a user is suspended, in one line. */
export function SuspensionNote({ state }: SuspensionNoteProps) {
  const { status, status_reason: reason, suspended_until: until } = state;
  if (status === "active" || !(reason || until)) return null;
  return (
    <small class="suspension-note" title={reason ?? undefined}>
      {until && (
        <>
          until <When at={until} precision="minute" />
          {reason && ": "}
        </>
      )}
      {reason}
    </small>
  );
}
