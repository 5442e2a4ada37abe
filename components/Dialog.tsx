import type { ComponentChildren, RefObject } from "preact";
import { Icon } from "@/components/Icon.tsx";

interface DialogProps {
  readonly dialogRef: RefObject<HTMLDialogElement>;
  /** Unique on the page; names the dialog to a screen reader. */
  readonly id: string;
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose?: () => void;
  readonly children: ComponentChildren;
}

/**
 * A modal: `showModal()` opens it. Focus, Escape and the backdrop come from the browser, the close
 * button from `<form method="dialog">`.
 */
export function Dialog({ dialogRef, id, title, wide, onClose, children }: DialogProps) {
  return (
    <dialog
      ref={dialogRef}
      class={`modal${wide ? " modal-wide" : ""}`}
      aria-labelledby={id}
      onClose={onClose}
      onMouseDown={closeOnBackdrop}
    >
      <div class="modal-header">
        <h2 class="modal-title" id={id}>{title}</h2>
        <form method="dialog">
          <button type="submit" class="btn btn-icon btn-quiet">
            <Icon name="x-lg" />
            <span class="visually-hidden">Close</span>
          </button>
        </form>
      </div>
      <div class="modal-body">{children}</div>
    </dialog>
  );
}

/** The dialog's own box is covered by its children, so a press on it is one beside it. */
function closeOnBackdrop(event: MouseEvent) {
  if (event.target === event.currentTarget && event.currentTarget instanceof HTMLDialogElement) {
    // Else the press would take the focus from where the dialog gives it back to.
    event.preventDefault();
    event.currentTarget.close();
  }
}
