import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { DeleteUserForm } from "@/components/DeleteUserForm.tsx";
import { Dialog } from "@/components/Dialog.tsx";
import { Icon } from "@/components/Icon.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { openDialog, requestClose } from "@/lib/shared/dialogs.ts";
import { announceAt, announceProblem } from "@/lib/shared/toasts.ts";

interface DeleteUserModalProps {
  readonly user_id: number;
  readonly name: string;
  readonly viewer_id: number;
  /** Page to go to afterwards. */
  readonly next: string;
  /** Words on the link; left out, it is a bin. */
  readonly label?: string;
}

/** A link to the page that asks whether to delete a user; with script it asks here. */
export default function DeleteUserModal(props: DeleteUserModalProps) {
  const { user_id, name, viewer_id, next, label } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const busy = useSignal(false);

  function open(event: MouseEvent) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openDialog(dialog.current);
  }

  async function remove(event: SubmitEvent) {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    const answer = await callApi<{ message: string }>("DELETE", "/delete_user", {
      body: { user_id, viewer_id },
    });
    busy.value = false;
    if (answer.ok) return announceAt(next, { kind: "success", text: answer.value.message });
    // A toast would lie below the modal.
    dialog.current?.close();
    announceProblem(answer.problem);
  }

  return (
    <>
      <a
        class={label ? "btn btn-quiet text-danger" : "btn btn-quiet btn-icon"}
        href={`/delete_user?${new URLSearchParams({ user_id: String(user_id), next })}`}
        onClick={open}
      >
        <Icon name="trash" />
        {label ?? <span class="visually-hidden">Delete {name}</span>}
      </a>
      <Dialog dialogRef={dialog} id={`delete_${user_id}_title`} title={`Delete ${name}?`}>
        <DeleteUserForm
          user_id={user_id}
          name={name}
          own={user_id === viewer_id}
          viewer_id={viewer_id}
          next={next}
          busy={busy.value}
          onSubmit={remove}
          cancel={
            <button
              type="button"
              class="btn btn-quiet"
              autofocus
              onClick={() => requestClose(dialog.current)}
            >
              Cancel
            </button>
          }
        />
      </Dialog>
    </>
  );
}
