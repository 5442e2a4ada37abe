import { HiddenFields } from "@/components/HiddenFields.tsx";
import { UNDO_ROUTE } from "@/lib/shared/undo.ts";
import type { UndoTarget } from "@/lib/shared/views.ts";

interface UndoButtonProps extends UndoTarget {
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
  /** Where to return to. */
  readonly next: string;
  /** What is taken back, for readers who hear only the button. */
  readonly what: string;
  /** Classes of the button. */
  readonly look: string;
}

/** A button that takes an action on a user back. */
export function UndoButton({ what, look, ...fields }: UndoButtonProps) {
  return (
    <form method="post" action={UNDO_ROUTE.path}>
      <HiddenFields values={{ _method: UNDO_ROUTE.method, ...fields }} />
      <button type="submit" class={`btn ${look}`}>
        Undo<span class="visually-hidden">: {what}</span>
      </button>
    </form>
  );
}
