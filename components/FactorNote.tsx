import { When } from "@/components/When.tsx";
import type { Viewer } from "@/lib/shared/views.ts";

interface FactorNoteProps {
  readonly viewer: Viewer;
  /** Path of the page, with its query. */
  readonly path: string;
}

/** Reminds users on every page that they need a second factor. */
export function FactorNote({ viewer: { factor_due: due }, path }: FactorNoteProps) {
  if (due === undefined) return null;
  return (
    <div class="alert alert-info" role="status">
      {due === null ? "To go on, set up a second factor: an authenticator or a passkey." : (
        <>
          From <When at={due} precision="day" />{" "}
          on you need a second factor to go on: an authenticator or a passkey.
        </>
      )}
      {path !== "/security" && (
        <>
          {" "}
          <a href="/security">Set it up</a>
        </>
      )}
    </div>
  );
}
