import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "@/components/Dialog.tsx";
import { Icon } from "@/components/Icon.tsx";
import UserEditor from "@/islands/UserEditor.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { openDialog, requestClose } from "@/lib/shared/dialogs.ts";
import { announceProblem } from "@/lib/shared/toasts.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface EditUserModalProps {
  readonly user_id: number;
  readonly name: string;
  /** Whether the editor is an admin. */
  readonly asAdmin: boolean;
  readonly viewer_id: number;
  /** Path to come back to. */
  readonly next: string;
  /** Text of the link. A pencil icon if left out. */
  readonly label?: string;
  /** Id of the link. */
  readonly id?: string;
}

/** Links to the page that edits a user. With script it opens the same form in a modal. */
export default function EditUserModal(props: EditUserModalProps) {
  const { user_id, name, label, id, ...editor } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const user = useSignal<UserView | undefined>(undefined);
  const idPrefix = `edit_${user_id}`;

  // After the form is rendered, so that the browser finds something to focus.
  useEffect(() => {
    if (user.value) openDialog(dialog.current);
  }, [user.value]);

  async function open(event: MouseEvent) {
    // A new tab or window shows the page.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await callApi<UserView>("GET", `/edit_user?user_id=${user_id}`);
    if (answer.ok) user.value = answer.value;
    else announceProblem(answer.problem);
  }

  return (
    <>
      <a
        id={id}
        class={label ? "btn btn-primary" : "btn btn-quiet btn-icon"}
        href={`/edit_user?${new URLSearchParams({ user_id: String(user_id), next: props.next })}`}
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
            onCancel={() => requestClose(dialog.current)}
          />
        )}
      </Dialog>
    </>
  );
}
