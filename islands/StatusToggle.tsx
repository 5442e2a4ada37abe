import { useSignal } from "@preact/signals";
import { callApi } from "@/lib/shared/api.ts";
import { announce, announceProblem } from "@/lib/shared/toasts.ts";
import type { Status } from "@/lib/shared/users.ts";

interface StatusToggleProps {
  readonly user_id: number;
  readonly name: string;
  readonly status: Status;
  /** Where to come back to without script. */
  readonly next: string;
}

const WORDS = { active: "Active", suspended: "Suspended" };

/** Lets a user in or keeps the user out: a form with one switch, which with script stays on its page. */
export default function StatusToggle({ user_id, name, status, next }: StatusToggleProps) {
  const current = useSignal(status);
  const busy = useSignal(false);
  const wanted = current.value === "active" ? "suspended" : "active";

  async function save(event: SubmitEvent) {
    event.preventDefault();
    // A second press must not undo the first before its answer is here.
    if (busy.value) return;
    const before = current.value;
    busy.value = true;
    current.value = wanted;
    const answer = await callApi<{ message: string }>("PUT", "/update_status", {
      body: { user_id, status: wanted },
    });
    busy.value = false;
    if (answer.ok) return announce({ kind: "success", text: answer.value.message });
    current.value = before;
    announceProblem(answer.problem);
  }

  return (
    <form method="post" action="/update_status" onSubmit={save}>
      <input type="hidden" name="_method" value="PUT" />
      <input type="hidden" name="user_id" value={user_id} />
      <input type="hidden" name="status" value={wanted} />
      <input type="hidden" name="next" value={next} />
      <button
        type="submit"
        class="switch"
        role="switch"
        aria-checked={current.value === "active" ? "true" : "false"}
        aria-busy={busy.value ? "true" : "false"}
      >
        <span class="visually-hidden">{name}:</span>
        {WORDS[current.value]}
      </button>
    </form>
  );
}
