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

/** Asks in a modal before something is done to a user; open for as long as it is there. */
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
    // With nothing to correct, there is no need to stay; and a toast would lie below the modal.
    else announceProblem(answer.problem);
  }

  // What stands at its field need not be said twice.
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
            // The first field has the focus; without one, what changes nothing.
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

/** The values of a form; times, which its fields have by the browser's clock, in UTC. */
function inUtc(form: HTMLFormElement): FormData {
  const data = new FormData(form);
  for (const { name, value } of form.querySelectorAll<HTMLInputElement>("[type=datetime-local]")) {
    const time = new Date(value);
    if (!Number.isNaN(time.getTime())) data.set(name, time.toISOString());
  }
  return data;
}
