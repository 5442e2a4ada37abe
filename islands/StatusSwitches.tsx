import { useSignal } from "@preact/signals";
import { hydrate, render, type VNode } from "preact";
import { useEffect } from "preact/hooks";
import { StatusSwitch } from "@/components/StatusSwitch.tsx";
import type ActionDialog from "@/islands/ActionDialog.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { type ActionDone, announce, announceProblem, messageOf } from "@/lib/shared/toasts.ts";
import { usernameAt } from "@/lib/shared/user_rows.ts";
import type { StatusState, StatusView } from "@/lib/shared/views.ts";

/** A user who may be suspended, and the fields of the form that the switch belongs to. */
interface Asked {
  readonly button: HTMLButtonElement;
  readonly viewer_id: number;
  readonly next: string;
  readonly Asker: typeof ActionDialog;
}

const ACTIVE: StatusState = { status: "active", status_reason: null, suspended_until: null };

/**
 * Presses every {@linkcode StatusSwitch} of the page without leaving it: activates at once, and
 * shows the form that suspends as a modal. One island, because one in each row would be slow to
 * start and heavy.
 */
export default function StatusSwitches() {
  const asked = useSignal<Asked | undefined>(undefined);

  useEffect(() => {
    function press(event: MouseEvent) {
      const button = (event.target as Element).closest<HTMLButtonElement>("[role=switch]");
      if (!button) return;
      event.preventDefault();
      // A second press must not undo the first before its answer arrives.
      if (button.ariaBusy === "true") return;
      if (suspensionOf(button)) return activate(button);
      return ask(button);
    }

    /** Loads the modal, which most visits of the page do not need. */
    async function ask(button: HTMLButtonElement) {
      try {
        const { default: Asker } = await import("@/islands/ActionDialog.tsx");
        const fields = new FormData(button.form!);
        const viewer_id = Number(fields.get("viewer_id"));
        asked.value = { button, viewer_id, next: String(fields.get("next")), Asker };
      } catch {
        // A newer server no longer has this page's scripts.
        button.form!.requestSubmit(button);
      }
    }

    document.addEventListener("click", press);
    return () => document.removeEventListener("click", press);
  }, []);

  if (!asked.value) return null;
  const { button, Asker, ...fields } = asked.value;
  return (
    <Asker<StatusView>
      {...fields}
      user_id={Number(button.value)}
      name={usernameAt(button)}
      action="suspend_user"
      onDone={(changed) => {
        show(button, changed);
        announce(messageOf(changed));
      }}
      onClose={() => asked.value = undefined}
    />
  );
}

/** Shows the user as active, and as before if the server refuses. */
async function activate(button: HTMLButtonElement): Promise<void> {
  const before = suspensionOf(button)!;
  const body = new FormData(button.form!, button);
  const path = new URL(button.form!.action).pathname;
  show(button, ACTIVE, "busy");
  const answer = await callApi<ActionDone>("PUT", path, { body });
  show(button, answer.ok ? ACTIVE : before);
  if (answer.ok) announce(messageOf(answer.value));
  else announceProblem(answer.problem);
}

/** Returns how the user of a switch is suspended, if they are. */
function suspensionOf({ dataset }: HTMLButtonElement): StatusState | undefined {
  return dataset.suspension === undefined ? undefined : JSON.parse(dataset.suspension);
}

/** Switches whose HTML has become Preact's. */
const hydrated = new WeakSet<HTMLButtonElement>();

/** Renders a switch again, which keeps the button and with it the focus. */
function show(button: HTMLButtonElement, state: StatusState, busy?: "busy"): void {
  const cell = button.parentElement!;
  if (!hydrated.has(button)) {
    hydrate(switchOf(button, suspensionOf(button) ?? ACTIVE), cell);
    hydrated.add(button);
  }
  render(switchOf(button, state, busy), cell);
}

function switchOf(button: HTMLButtonElement, state: StatusState, busy?: "busy"): VNode {
  const user_id = Number(button.value);
  return (
    <StatusSwitch
      user_id={user_id}
      name={usernameAt(button)}
      state={state}
      busy={busy === "busy"}
    />
  );
}
