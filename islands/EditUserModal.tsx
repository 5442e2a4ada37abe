import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "@/components/Dialog.tsx";
import { Icon } from "@/components/Icon.tsx";
import UserEditor from "@/islands/UserEditor.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { announceProblem } from "@/lib/shared/toasts.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface EditUserModalProps {
  readonly user_id: number;
  readonly name: string;
  /** The editor is an admin. */
  readonly asAdmin: boolean;
  /** It is the editor's own account. */
  readonly own: boolean;
  /** Words on the link; left out, it is a pencil. */
  readonly label?: string;
}

/** A link to the page that edits a user; with script it opens the same form here. */
export default function EditUserModal({ user_id, name, label, ...editor }: EditUserModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const user = useSignal<UserView | undefined>(undefined);
  const idPrefix = `edit_${user_id}`;

  // Once the form is drawn, so that the browser finds something to focus.
  useEffect(() => {
    if (user.value) dialog.current?.showModal();
  }, [user.value]);

  async function open(event: MouseEvent) {
    // A new tab or window is the page, not the modal.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await callApi<UserView>("GET", `/edit_user?user_id=${user_id}`);
    if (answer.ok) user.value = answer.value;
    else announceProblem(answer.problem);
  }

  return (
    <>
      <a
        class={label ? "btn btn-primary" : "btn btn-quiet btn-icon"}
        href={`/edit_user?user_id=${user_id}`}
        onClick={open}
      >
        <Icon name="pencil" />
        {label ?? <span class="visually-hidden">Edit {name}</span>}
      </a>
      <Dialog
        dialogRef={dialog}
        id={`${idPrefix}_title`}
        title={label ?? `Edit ${name}`}
        wide
        onClose={() => user.value = undefined}
      >
        {user.value && (
          <UserEditor
            user={user.value}
            {...editor}
            idPrefix={idPrefix}
            onCancel={() => dialog.current?.close()}
          />
        )}
      </Dialog>
    </>
  );
}
