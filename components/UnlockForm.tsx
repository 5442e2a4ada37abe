interface UnlockFormProps {
  readonly user_id: number;
  readonly username: string;
  /** Where to come back to. */
  readonly next: string;
}

/** Ends the lock of a user who failed to sign in too often: activating forgives all failures. */
export function UnlockForm({ user_id, username, next }: UnlockFormProps) {
  return (
    <form class="unlock" method="post" action="/update_status">
      <input type="hidden" name="_method" value="PUT" />
      <input type="hidden" name="user_id" value={user_id} />
      <input type="hidden" name="status" value="active" />
      <input type="hidden" name="next" value={next} />
      <span class="text-danger">Locked after failed sign-ins</span>
      <button type="submit" class="btn btn-link">
        Unlock<span class="visually-hidden">{` ${username}`}</span>
      </button>
    </form>
  );
}
