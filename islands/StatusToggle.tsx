import { useSignal } from "@preact/signals";
import { SuspensionNote } from "@/components/SuspensionNote.tsx";
import type ActionDialog from "@/islands/ActionDialog.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { type ActionDone, announce, announceProblem, messageOf } from "@/lib/shared/toasts.ts";
import type { StatusState, StatusView } from "@/lib/shared/views.ts";

interface StatusToggleProps {
  readonly user_id: number;
  readonly name: string;
  /** Left out if the user is active, as most are. */
  readonly suspension?: StatusState | undefined;
}

/** The fields of the form that a switch belongs to. */
interface Asked {
  readonly viewer_id: number;
  readonly next: string;
  readonly Asker: typeof ActionDialog;
}

const ACTIVE: StatusState = { status: "active", status_reason: null, suspended_until: null };

/**
 * Activates or suspends a user with one switch, which is a button of {@linkcode StatusForms}. It
 * activates at once. To suspend, it leads to a form, which script shows on the same page.
 */
export default function StatusToggle({ user_id, name, suspension = ACTIVE }: StatusToggleProps) {
  const current = useSignal(suspension);
  const busy = useSignal(false);
  const asked = useSignal<Asked | undefined>(undefined);
  const isActive = current.value.status === "active";

  async function toggle(event: MouseEvent) {
    event.preventDefault();
    const button = event.currentTarget as HTMLButtonElement;
    if (isActive) return await ask(button);
    // A second press must not undo the first before its answer arrives.
    if (busy.value) return;
    const before = current.value;
    const body = new FormData(button.form!, button);
    const path = new URL(button.form!.action).pathname;
    busy.value = true;
    current.value = ACTIVE;
    const answer = await callApi<ActionDone>("PUT", path, { body });
    busy.value = false;
    if (answer.ok) return announce(messageOf(answer.value));
    current.value = before;
    announceProblem(answer.problem);
  }

  /** Loads the modal, which most visits of the page do not need. */
  async function ask(button: HTMLButtonElement) {
    try {
      const { default: Asker } = await import("@/islands/ActionDialog.tsx");
      const fields = new FormData(button.form!);
      const viewer_id = Number(fields.get("viewer_id"));
      asked.value = { viewer_id, next: String(fields.get("next")), Asker };
    } catch {
      // A newer server no longer has this page's scripts.
      button.form!.requestSubmit(button);
    }
  }

  return (
    <>
      <button
        type="submit"
        form={isActive ? "suspend_user" : "activate_user"}
        name="user_id"
        value={user_id}
        class="switch"
        role="switch"
        aria-checked={isActive ? "true" : "false"}
        aria-busy={busy.value ? "true" : undefined}
        aria-label={`${name}: ${WORDS[current.value.status]}`}
        onClick={toggle}
      >
        {WORDS[current.value.status]}
      </button>
      <SuspensionNote state={current.value} />
      {asked.value && (
        <asked.value.Asker<StatusView>
          viewer_id={asked.value.viewer_id}
          next={asked.value.next}
          user_id={user_id}
          name={name}
          action="suspend_user"
          onDone={(changed) => {
            current.value = changed;
            announce(messageOf(changed));
          }}
          onClose={() => asked.value = undefined}
        />
      )}
    </>
  );
}

const WORDS = { active: "Active", suspended: "Suspended" };
