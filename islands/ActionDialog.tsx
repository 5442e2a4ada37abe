import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ActionForm } from "@/components/ActionForm.tsx";
import { Dialog } from "@/components/Dialog.tsx";
import { ProblemNote } from "@/components/ProblemNote.tsx";
import { actionOf, type AskedAction } from "@/lib/shared/actions.ts";
import { callApi, type Problem } from "@/lib/shared/api.ts";
import { focusFault, openDialog, requestClose } from "@/lib/shared/dialogs.ts";
import { announceProblem } from "@/lib/shared/toasts.ts";
import { fill, wordsFor } from "@/lib/shared/words.ts";

interface ActionDialogProps<Result> {
  readonly action: AskedAction;
  readonly user_id: number;
  readonly name: string;
  readonly viewer_id: number;
  readonly next: string;
  readonly onDone: (result: Result & { readonly message: string }) => void;
  readonly onClose: () => void;
}

/** A modal that asks before something is done to a user. It is open while it is mounted. */
export default function ActionDialog<Result>(props: ActionDialogProps<Result>) {
  const { action, user_id, name, viewer_id, next, onDone, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const problem = useSignal<Problem | undefined>(undefined);
  const busy = useSignal(false);
  const { ask, form, route } = actionOf(action);
  const idPrefix = `${ask!.submit.toLowerCase()}_${user_id}`;
  const title = fill(wordsFor(ask!.title, false), { name });

  useEffect(() => openDialog(dialog.current), []);
  useEffect(() => {
    if (problem.value) focusFault(dialog.current);
  }, [problem.value]);

  async function send(event: SubmitEvent) {
    event.preventDefault();
    if (busy.value || !(event.currentTarget instanceof HTMLFormElement)) return;
    busy.value = true;
    const body = inUtc(event.currentTarget);
    const answer = await callApi<Result & { message: string }>(route!.method, route!.path, {
      body,
    });
    busy.value = false;
    if (!answer.ok && form) return problem.value = answer.problem;
    dialog.current?.close();
    if (answer.ok) onDone(answer.value);
    // There is nothing to correct, and a toast would lie below the modal.
    else announceProblem(answer.problem);
  }

  // A message at a field need not be repeated above.
  const general = problem.value?.errors ? undefined : problem.value;
  return (
    <Dialog
      dialogRef={dialog}
      id={`${idPrefix}_title`}
      title={form ? title : `${title}?`}
      onClose={onClose}
    >
      <ActionForm
        action={action}
        user_id={user_id}
        name={name}
        errors={problem.value?.errors ?? {}}
        problem={general && <ProblemNote problem={general} />}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
        viewer_id={viewer_id}
        next={next}
        idPrefix={idPrefix}
        busy={busy.value}
        onSubmit={send}
        cancel={
          <button
            type="button"
            class="btn btn-quiet"
            // Without a field to focus, the answer that changes nothing gets the focus.
            autofocus={!form}
            onClick={() => requestClose(dialog.current)}
          >
            Cancel
          </button>
        }
      />
    </Dialog>
  );
}

/** Reads a form. Its times are local ones; the server gets them in UTC. */
function inUtc(form: HTMLFormElement): FormData {
  const data = new FormData(form);
  for (const { name, value } of form.querySelectorAll<HTMLInputElement>("[type=datetime-local]")) {
    const time = new Date(value);
    if (!Number.isNaN(time.getTime())) data.set(name, time.toISOString());
  }
  return data;
}
