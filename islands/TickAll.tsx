import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const BOXES = ".users-table tbody [type=checkbox]";

/**
 * Ticks the boxes of all rows of the user list, or none. Nothing without script: the form below the
 * list can be about the whole page as well.
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

  if (!counts.value) return null;
  const { ticked, all } = counts.value;
  return (
    <input
      class="form-check-input"
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
