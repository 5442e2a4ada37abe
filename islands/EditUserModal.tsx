import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "@/components/Dialog.tsx";
import { EditUserForm } from "@/components/EditUserForm.tsx";
import { Icon } from "@/components/Icon.tsx";
import AvatarPicker from "@/islands/AvatarPicker.tsx";
import EmailCheck from "@/islands/EmailCheck.tsx";
import { callApi, explainProblem, type Problem } from "@/lib/shared/api.ts";
import { announceAt, announceProblem } from "@/lib/shared/toasts.ts";
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
  const problem = useSignal<Problem | undefined>(undefined);
  const busy = useSignal(false);
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
    if (!answer.ok) return announceProblem(answer.problem);
    user.value = answer.value;
  }

  async function save(event: SubmitEvent) {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    busy.value = true;
    const body = new FormData(event.currentTarget);
    const answer = await callApi<{ message: string }>("PUT", "/edit_user", { body });
    busy.value = false;
    if (!answer.ok) return problem.value = answer.problem;
    announceAt(location.pathname + location.search, {
      kind: "success",
      text: answer.value.message,
    });
  }

  function reset() {
    user.value = undefined;
    problem.value = undefined;
  }

  const errors = problem.value?.errors ?? {};
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
        title={`Edit ${name}`}
        wide
        onClose={reset}
      >
        {user.value && (
          <EditUserForm
            user={user.value}
            errors={errors}
            problem={problem.value && explainProblem(problem.value)}
            {...editor}
            idPrefix={idPrefix}
            busy={busy.value}
            onSubmit={save}
            picture={<AvatarPicker {...user.value} error={errors.image} idPrefix={idPrefix} />}
            email={
              <EmailCheck
                value={user.value.email}
                error={errors.email}
                user_id={user_id}
                idPrefix={idPrefix}
              />
            }
            cancel={
              <button
                type="button"
                class="btn btn-quiet"
                onClick={() => dialog.current?.close()}
              >
                Cancel
              </button>
            }
          />
        )}
      </Dialog>
    </>
  );
}
