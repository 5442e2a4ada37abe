import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";

interface DeleteUserFormProps {
  readonly user_id: number;
  readonly name: string;
  /** It is the reader's own account. */
  readonly own: boolean;
  readonly problem?: string | undefined;
  /** Whom the form is made for. */
  readonly viewer_id: number;
  /** Where to go without script. */
  readonly next: string;
  readonly busy?: boolean;
  readonly onSubmit?: (event: SubmitEvent) => void;
  /** The way back. */
  readonly cancel: ComponentChildren;
}

/** `DELETE /delete_user`, in the modal and on the page of its own alike. */
export function DeleteUserForm({ user_id, name, own, ...props }: DeleteUserFormProps) {
  return (
    <form method="post" action="/delete_user" onSubmit={props.onSubmit}>
      {props.problem && <Alert kind="error">{props.problem}</Alert>}
      <HiddenFields
        values={{ _method: "DELETE", user_id, viewer_id: props.viewer_id, next: props.next }}
      />
      <p>
        Do you want to delete {own ? "your account " : ""}
        <bdi class="fw-bold">{name}</bdi>? Profile and picture go with it, and all sessions end. For
        {" "}
        {DELETED_USERS_KEPT_DAYS} days {own ? "an admin" : "you"} can bring the account back.
      </p>
      <div class="form-actions">
        <button type="submit" class="btn btn-danger" aria-busy={props.busy ? "true" : undefined}>
          Delete
        </button>
        {props.cancel}
      </div>
    </form>
  );
}
