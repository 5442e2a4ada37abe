import { Alert } from "@/components/Alert.tsx";
import { Name } from "@/components/Name.tsx";
import { When } from "@/components/When.tsx";
import type { OpenerView } from "@/lib/shared/views.ts";

interface OpenedByProps {
  /** Absent if there are none. */
  readonly openers: readonly OpenerView[] | undefined;
}

/** Says who else has a user open, and since when. */
export function OpenedBy({ openers = [] }: OpenedByProps) {
  if (openers.length === 0) return null;
  return (
    <Alert kind="info">
      {openers.map(({ username, opened_at }) => (
        <div key={username}>
          <Name class="fw-bold" text={username} /> has had this user open since{" "}
          <When at={opened_at} precision="minute" />.
        </div>
      ))}
    </Alert>
  );
}
