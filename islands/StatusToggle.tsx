import { useSignal } from "@preact/signals";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { SuspensionNote } from "@/components/SuspensionNote.tsx";
import SuspendModal from "@/islands/SuspendModal.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { announce, announceProblem } from "@/lib/shared/toasts.ts";
import type { StatusState } from "@/lib/shared/views.ts";

interface StatusToggleProps {
  readonly user_id: number;
  readonly name: string;
  readonly state: StatusState;
  /** Where to come back to without script. */
  readonly next: string;
}

const WORDS = { active: "Active", suspended: "Suspended" };

/**
 * Lets a user in or keeps the user out: a form with one switch. It activates at once, and leads to
 * the form that suspends, which script shows on the same page.
 */
export default function StatusToggle({ user_id, name, state, next }: StatusToggleProps) {
  const current = useSignal(state);
  const busy = useSignal(false);
  const asks = useSignal(false);
  const isActive = current.value.status === "active";

  async function toggle(event: SubmitEvent) {
    event.preventDefault();
    if (isActive) return asks.value = true;
    // A second press must not undo the first before its answer is here.
    if (busy.value) return;
    const before = current.value;
    busy.value = true;
    current.value = { status: "active", status_reason: null, suspended_until: null };
    const body = { user_id, status: "active" };
    const answer = await callApi<{ message: string }>("PUT", "/update_status", { body });
    busy.value = false;
    if (answer.ok) return announce({ kind: "success", text: answer.value.message });
    current.value = before;
    announceProblem(answer.problem);
  }

  return (
    <>
      <form method={isActive ? "get" : "post"} action="/update_status" onSubmit={toggle}>
        <HiddenFields values={{ user_id, next, ...(!isActive && ACTIVATE) }} />
        <button
          type="submit"
          class="switch"
          role="switch"
          aria-checked={isActive ? "true" : "false"}
          aria-busy={busy.value ? "true" : "false"}
        >
          <span class="visually-hidden">{name}:</span>
          {WORDS[current.value.status]}
        </button>
      </form>
      <SuspensionNote state={current.value} />
      {asks.value && (
        <SuspendModal
          user_id={user_id}
          name={name}
          next={next}
          onSuspended={(changed) => current.value = changed}
          onClose={() => asks.value = false}
        />
      )}
    </>
  );
}

const ACTIVATE = { _method: "PUT", status: "active" };
