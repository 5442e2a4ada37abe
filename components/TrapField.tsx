import { TRAP } from "@/lib/shared/sign_in_forms.ts";

/**
 * A field that nobody sees, hears or reaches by keyboard. Programs that fill in every field give
 * themselves away.
 */
export function TrapField() {
  return (
    <div class="trap" aria-hidden="true">
      <label for={TRAP}>Leave this field empty</label>
      <input
        type="text"
        id={TRAP}
        name={TRAP}
        tabindex={-1}
        autocomplete="off"
        data-1p-ignore
        data-bwignore
        data-lpignore="true"
      />
    </div>
  );
}
