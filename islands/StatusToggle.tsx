import { useSignal } from "@preact/signals";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { SuspensionNote } from "@/components/SuspensionNote.tsx";
import type ActionDialog from "@/islands/ActionDialog.tsx";
import { ACTIONS, requestFields } from "@/lib/shared/actions.ts";
import { callApi } from "@/lib/shared/api.ts";
import { type ActionDone, announce, announceProblem, messageOf } from "@/lib/shared/toasts.ts";
import type { StatusState, StatusView } from "@/lib/shared/views.ts";

interface StatusToggleProps {
  readonly user_id: number;
  readonly name: string;
  readonly state: StatusState;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
  /** Where to return to without script. */
  readonly next: string;
}

const WORDS = { active: "Active", suspended: "Suspended" };

/**
 * Activates or suspends a user with one switch. It activates at once. To suspend, it leads to a
 * form, which script shows on the same page.
 */
export default function StatusToggle({ name, state, ...fields }: StatusToggleProps) {
  const current = useSignal(state);
  const busy = useSignal(false);
  const Asker = useSignal<typeof ActionDialog | undefined>(undefined);
  const isActive = current.value.status === "active";

  async function toggle(event: SubmitEvent) {
    event.preventDefault();
    if (isActive) return await ask(event.currentTarget as HTMLFormElement);
    // A second press must not undo the first before its answer arrives.
    if (busy.value) return;
    const before = current.value;
    busy.value = true;
    current.value = { status: "active", status_reason: null, suspended_until: null };
    const body = { ...ACTIVATE, ...fields };
    const answer = await callApi<ActionDone>("PUT", PATH, { body });
    busy.value = false;
    if (answer.ok) return announce(messageOf(answer.value));
    current.value = before;
    announceProblem(answer.problem);
  }

  /** Loads the modal, which most visits of the page do not need. */
  async function ask(form: HTMLFormElement) {
    try {
      const { default: Dialog } = await import("@/islands/ActionDialog.tsx");
      Asker.value = Dialog;
    } catch {
      // A newer server no longer has this page's scripts.
      form.submit();
    }
  }

  return (
    <>
      <form method={isActive ? "get" : "post"} action={PATH} onSubmit={toggle}>
        <HiddenFields values={isActive ? fields : { ...ACTIVATE, ...fields }} />
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
      {Asker.value && (
        <Asker.value<StatusView>
          {...fields}
          name={name}
          action="suspend_user"
          onDone={(changed) => {
            current.value = changed;
            announce(messageOf(changed));
          }}
          onClose={() => Asker.value = undefined}
        />
      )}
    </>
  );
}

const ACTIVATE = requestFields("activate_user");
const { path: PATH } = ACTIONS.activate_user.route;
