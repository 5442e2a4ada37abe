import type { ComponentChildren } from "preact";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";

interface DeleteUserFormProps {
  readonly user_id: number;
  readonly name: string;
  /** It is the reader's own account. */
  readonly own: boolean;
  readonly busy?: boolean;
  readonly onSubmit?: (event: SubmitEvent) => void;
  /** The way back. */
  readonly cancel: ComponentChildren;
}

/** `DELETE /delete_user`, in the modal and on the page of its own alike. */
export function DeleteUserForm({ user_id, name, own, ...props }: DeleteUserFormProps) {
  return (
    <form method="post" action="/delete_user" onSubmit={props.onSubmit}>
      <input type="hidden" name="_method" value="DELETE" />
      <input type="hidden" name="user_id" value={user_id} />
      <p>
        Do you want to delete {own ? "your account " : ""}
        <bdi class="fw-bold">{name}</bdi>? Profile and picture go with it, and all sessions end. For
        {" "}
        {DELETED_USERS_KEPT_DAYS} days {own ? "an admin" : "you"} can bring the account back.
      </p>
      <div class="form-actions">
        <button type="submit" class="btn btn-danger" disabled={props.busy}>Delete</button>
        {props.cancel}
      </div>
    </form>
  );
}
