import { SuspensionNote } from "@/components/SuspensionNote.tsx";
import type { StatusState } from "@/lib/shared/views.ts";

interface StatusSwitchProps {
  readonly user_id: number;
  readonly name: string;
  readonly state: StatusState;
  /** Whether an answer of the server is awaited. */
  readonly busy?: boolean;
}

/**
 * A switch that activates or suspends a user, and why and until when they are suspended. It is a
 * button of {@linkcode StatusForms}. The island StatusSwitches presses it without leaving the page,
 * and reads from it whom it is about.
 */
export function StatusSwitch({ user_id, name, state, busy = false }: StatusSwitchProps) {
  const { status, status_reason, suspended_until } = state;
  const isActive = status === "active";
  return (
    <>
      <button
        type="submit"
        form={isActive ? "suspend_user" : "activate_user"}
        name="user_id"
        value={user_id}
        role="switch"
        aria-checked={isActive ? "true" : "false"}
        aria-busy={busy ? "true" : undefined}
        aria-label={`${name}: ${WORDS[status]}`}
        data-suspension={isActive
          ? undefined
          : JSON.stringify({ status, status_reason, suspended_until })}
      >
        {WORDS[status]}
      </button>
      <SuspensionNote state={state} />
    </>
  );
}

const WORDS = { active: "Active", suspended: "Suspended" };
