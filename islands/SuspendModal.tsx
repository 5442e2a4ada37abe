import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "@/components/Dialog.tsx";
import { ProblemNote } from "@/components/ProblemNote.tsx";
import { SuspendForm } from "@/components/SuspendForm.tsx";
import { callApi, type Problem } from "@/lib/shared/api.ts";
import { focusFault, openDialog, requestClose } from "@/lib/shared/dialogs.ts";
import { announce } from "@/lib/shared/toasts.ts";
import type { StatusView } from "@/lib/shared/views.ts";

interface SuspendModalProps {
  readonly user_id: number;
  readonly name: string;
  readonly viewer_id: number;
  readonly next: string;
  readonly onSuspended: (state: StatusView) => void;
  readonly onClose: () => void;
}

/** Asks for reason and end of a suspension; open for as long as it is there. */
export default function SuspendModal(props: SuspendModalProps) {
  const { user_id, name, viewer_id, next, onSuspended, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const problem = useSignal<Problem | undefined>(undefined);
  const busy = useSignal(false);
  const idPrefix = `suspend_${user_id}`;

  useEffect(() => openDialog(dialog.current), []);
  useEffect(() => {
    if (problem.value) focusFault(dialog.current);
  }, [problem.value]);

  async function suspend(event: SubmitEvent) {
    event.preventDefault();
    if (busy.value || !(event.currentTarget instanceof HTMLFormElement)) return;
    busy.value = true;
    const body = new FormData(event.currentTarget);
    body.set("until", inUtc(String(body.get("until"))));
    const answer = await callApi<StatusView & { message: string }>("PUT", "/update_status", {
      body,
    });
    busy.value = false;
    if (!answer.ok) return problem.value = answer.problem;
    onSuspended(answer.value);
    dialog.current?.close();
    announce({ kind: "success", text: answer.value.message });
  }

  const errors = problem.value?.errors ?? {};
  // What stands at its field need not be said twice.
  const general = problem.value?.errors ? undefined : problem.value;
  return (
    <Dialog dialogRef={dialog} id={`${idPrefix}_title`} title={`Suspend ${name}`} onClose={onClose}>
      <SuspendForm
        user_id={user_id}
        name={name}
        errors={errors}
        problem={general && <ProblemNote problem={general} />}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
        viewer_id={viewer_id}
        next={next}
        idPrefix={idPrefix}
        busy={busy.value}
        onSubmit={suspend}
        cancel={
          <button
            type="button"
            class="btn btn-quiet"
            onClick={() => requestClose(dialog.current)}
          >
            Cancel
          </button>
        }
      />
    </Dialog>
  );
}

/** A time as the field has it, which is that of the browser's clock, for the server. */
function inUtc(local: string): string {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? local : time.toISOString();
}
