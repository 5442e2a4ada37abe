import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const BOXES = ".users-table tbody [type=checkbox]";

/**
 * Ticks the boxes of all rows of the user list, or none. Without script it is invisible: the form
 * below the list can be about the whole page as well. It takes its room from the start, so that the
 * head does not move when the script arrives.
 */
export default function TickAll() {
  const counts = useSignal<{ readonly ticked: number; readonly all: number } | undefined>(
    undefined,
  );
  const boxes = () => [...document.querySelectorAll<HTMLInputElement>(BOXES)];

  useEffect(() => {
    function count() {
      const ticked = boxes().filter(({ checked }) => checked).length;
      counts.value = { ticked, all: boxes().length };
    }
    count();
    document.addEventListener("change", count);
    return () => document.removeEventListener("change", count);
  }, []);

  const { ticked, all } = counts.value ?? { ticked: 0, all: 1 };
  return (
    <input
      class={counts.value ? "form-check-input" : "form-check-input invisible"}
      type="checkbox"
      aria-label="Tick all users of this page"
      checked={ticked === all}
      indeterminate={ticked > 0 && ticked < all}
      onChange={({ currentTarget }) => {
        for (const box of boxes()) box.checked = currentTarget.checked;
      }}
    />
  );
}
