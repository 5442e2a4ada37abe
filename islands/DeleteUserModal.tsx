import { useSignal } from "@preact/signals";
import { Icon } from "@/components/Icon.tsx";
import ActionDialog from "@/islands/ActionDialog.tsx";
import { announceAt, messageOf } from "@/lib/shared/toasts.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";

interface DeleteUserModalProps {
  readonly user_id: number;
  readonly name: string;
  readonly viewer_id: number;
  /** Page to go to afterwards. */
  readonly next: string;
}

/**
 * Links to the page that deletes a user. With script it opens a dialog instead, except for one's own
 * account, which needs a proof first.
 */
export default function DeleteUserModal(props: DeleteUserModalProps) {
  const { user_id, name, next } = props;
  const asks = useSignal(false);
  const isOwn = user_id === props.viewer_id;

  function open(event: MouseEvent) {
    // A new tab or window is the page, not the modal.
    if (event.ctrlKey || event.metaKey || event.shiftKey || isOwn) return;
    event.preventDefault();
    asks.value = true;
  }

  return (
    <>
      <a
        class="btn btn-quiet btn-icon"
        href={`/delete_user?${new URLSearchParams({ user_id: String(user_id), next })}`}
        onClick={open}
      >
        <Icon name="trash" />
        <span class="visually-hidden">Delete {name}</span>
      </a>
      {asks.value && (
        <ActionDialog<ChangedUser>
          {...props}
          action="delete_user"
          onDone={(deleted) => announceAt(next, messageOf(deleted))}
          onClose={() => asks.value = false}
        />
      )}
    </>
  );
}
