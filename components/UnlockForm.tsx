import { HiddenFields } from "@/components/HiddenFields.tsx";

interface UnlockFormProps {
  readonly user_id: number;
  readonly username: string;
  /** Whom the form is made for. */
  readonly viewer_id: number;
  /** Where to come back to. */
  readonly next: string;
}

/** Ends the lock of a user who failed to sign in too often: activating forgives all failures. */
export function UnlockForm({ user_id, username, viewer_id, next }: UnlockFormProps) {
  return (
    <form class="unlock" method="post" action="/update_status">
      <HiddenFields values={{ _method: "PUT", user_id, status: "active", viewer_id, next }} />
      <span class="text-danger">Locked after failed sign-ins</span>
      <button type="submit" class="btn btn-link">
        Unlock<span class="visually-hidden">{` ${username}`}</span>
      </button>
    </form>
  );
}
