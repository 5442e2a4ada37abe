import { useSignal } from "@preact/signals";
import { Icon } from "@/components/Icon.tsx";
import EditDialog from "@/islands/EditDialog.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { announceProblem } from "@/lib/shared/toasts.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface EditUserModalProps {
  readonly user_id: number;
  /** Whether the editor is an admin. */
  readonly asAdmin: boolean;
  readonly viewer_id: number;
  /** Path to come back to. */
  readonly next: string;
  /** Text of the link. */
  readonly label: string;
  /** Id of the link. */
  readonly id?: string;
}

/** Links to the page that edits a user. With script it opens the same form in a modal. */
export default function EditUserModal({ user_id, label, id, ...editor }: EditUserModalProps) {
  const user = useSignal<UserView | undefined>(undefined);

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
        class="btn btn-primary"
        href={`/edit_user?${new URLSearchParams({ user_id: String(user_id), next: editor.next })}`}
        onClick={open}
      >
        <Icon name="pencil" />
        {label}
      </a>
      {user.value && (
        <EditDialog
          {...editor}
          user={user.value}
          title={label}
          onClose={() => user.value = undefined}
        />
      )}
    </>
  );
}
