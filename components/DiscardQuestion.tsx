import { useEffect, useRef } from "preact/hooks";

interface DiscardQuestionProps {
  /** Unique on the page. */
  readonly id: string;
  /** Called with the answer. */
  readonly onAnswer: (answer: "keep" | "discard") => void;
}

/** A modal over a modal that asks before typed text is lost. It is open while it is rendered. */
export function DiscardQuestion({ id, onAnswer }: DiscardQuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="modal"
      aria-labelledby={id}
      onClose={(event) =>
        onAnswer(event.currentTarget.returnValue === "discard" ? "discard" : "keep")}
    >
      <div class="modal-body">
        <h2 class="modal-title" id={id}>Discard your changes?</h2>
        <p class="mt-2">Your changes are not saved yet.</p>
        <form method="dialog" class="form-actions">
          <button type="submit" class="btn btn-primary" value="keep">Keep editing</button>
          <button type="submit" class="btn btn-quiet text-danger" value="discard">
            Discard changes
          </button>
        </form>
      </div>
    </dialog>
  );
}
