import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { EditUserForm } from "@/components/EditUserForm.tsx";
import { ProblemNote } from "@/components/ProblemNote.tsx";
import AvatarPicker from "@/islands/AvatarPicker.tsx";
import EmailCheck from "@/islands/EmailCheck.tsx";
import { callApi, type Problem } from "@/lib/shared/api.ts";
import { focusFault } from "@/lib/shared/dialogs.ts";
import { editBase } from "@/lib/shared/user_forms.ts";
import { type ActionDone, announceAt, messageOf } from "@/lib/shared/toasts.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface UserEditorProps {
  readonly user: UserView;
  readonly asAdmin: boolean;
  readonly viewer_id: number;
  /** Path to return to. */
  readonly next: string;
  readonly idPrefix: string;
  readonly onCancel: () => void;
}

/** The form of EditUserModal. It saves without leaving the page and shows errors. */
export default function UserEditor({ user, onCancel, idPrefix, ...editor }: UserEditorProps) {
  const frame = useRef<HTMLDivElement>(null);
  const problem = useSignal<Problem | undefined>(undefined);
  // The values that the form started from. After a conflict, those that somebody else has saved.
  const base = useSignal(user);
  const busy = useSignal(false);

  // Scrolls to the error, because the form is longer than the screen.
  useEffect(() => {
    if (problem.value) focusFault(frame.current);
  }, [problem.value]);

  async function save(event: SubmitEvent) {
    event.preventDefault();
    const form = event.currentTarget;
    if (busy.value || !(form instanceof HTMLFormElement)) return;
    busy.value = true;
    const body = new FormData(form);
    const answer = await callApi<ActionDone>("PUT", "/edit_user", { body });
    busy.value = false;
    if (answer.ok) return announceAt(editor.next, messageOf(answer.value));
    const { current } = problem.value = answer.problem;
    if (!current) return;
    replaceUntouched(form, editBase(base.value), editBase(current));
    base.value = current;
  }

  const errors = problem.value?.errors ?? {};
  // Errors shown at a field are not repeated.
  const general = problem.value?.errors ? undefined : problem.value;
  return (
    <div ref={frame}>
      <EditUserForm
        {...editor}
        own={user.user_id === editor.viewer_id}
        user={base.value}
        errors={errors}
        conflicts={problem.value?.conflicts}
        problem={general && <ProblemNote problem={general} />}
        idPrefix={idPrefix}
        busy={busy.value}
        onSubmit={save}
        picture={<AvatarPicker {...user} error={errors.image} idPrefix={idPrefix} />}
        email={
          <EmailCheck
            value={base.value.email}
            error={errors.email}
            user_id={user.user_id}
            idPrefix={idPrefix}
          />
        }
        cancel={<button type="button" class="btn btn-quiet" onClick={onCancel}>Cancel</button>}
      />
    </div>
  );
}

/** Updates all fields that the user has not touched to the values that somebody else has saved. */
function replaceUntouched(
  form: HTMLFormElement,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(now)) {
    const control = form.elements.namedItem(name);
    const isText = control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement ||
      (control instanceof HTMLInputElement && control.type !== "file");
    if (isText && control.value === before[name]) control.value = value;
  }
}
