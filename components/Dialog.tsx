import { useSignal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useRef } from "preact/hooks";
import { DiscardQuestion } from "@/components/DiscardQuestion.tsx";
import { Icon } from "@/components/Icon.tsx";
import { describeForms, requestClose } from "@/lib/shared/dialogs.ts";

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
 * A modal, opened by `openDialog()`. Escape, the backdrop, the X and `requestClose()` close it, after
 * a question if something was typed that would be lost; `close()` closes it without.
 */
export function Dialog({ dialogRef, id, title, wide, onClose, children }: DialogProps) {
  // What its forms held before anything was typed.
  const untouched = useRef<string>();
  const asks = useSignal(false);

  function keepWhatWasTyped(event: Event) {
    const dialog = dialogRef.current;
    if (!dialog || event.target !== dialog) return;
    if (untouched.current === undefined || untouched.current === describeForms(dialog)) return;
    event.preventDefault();
    asks.value = true;
  }

  function close() {
    untouched.current = undefined;
    onClose?.();
  }

  return (
    <>
      <dialog
        ref={dialogRef}
        class={`modal${wide ? " modal-wide" : ""}`}
        aria-labelledby={id}
        onFocusIn={(event) => {
          untouched.current ??= describeForms(event.currentTarget);
          showWhole(event.target);
        }}
        onCancel={keepWhatWasTyped}
        onClose={close}
        onKeyDown={closeOnEscape}
        onMouseDown={closeOnBackdrop}
      >
        <div class="modal-header">
          <h2 class="modal-title" id={id}>{title}</h2>
          <button
            type="button"
            class="btn btn-icon btn-quiet"
            onClick={() => requestClose(dialogRef.current)}
          >
            <Icon name="x-lg" />
            <span class="visually-hidden">Close</span>
          </button>
        </div>
        <div class="modal-body">{children}</div>
      </dialog>
      {asks.value && (
        <DiscardQuestion
          id={`${id}_discard`}
          onAnswer={(answer) => {
            asks.value = false;
            if (answer === "discard") dialogRef.current?.close();
          }}
        />
      )}
    </>
  );
}

/** Browsers scroll to the caret of a text of several lines: the head or foot may cover an edge. */
function showWhole(target: EventTarget | null) {
  if (target instanceof HTMLTextAreaElement) target.scrollIntoView({ block: "nearest" });
}

/** Left to the browser, the second Escape in a row would close the modal without asking. */
function closeOnEscape(event: KeyboardEvent) {
  if (event.key !== "Escape" || event.isComposing) return;
  if (!(event.currentTarget instanceof HTMLDialogElement)) return;
  event.preventDefault();
  requestClose(event.currentTarget);
}

/** The dialog's own box is covered by its children, so a press on it is one beside it. */
function closeOnBackdrop(event: MouseEvent) {
  if (event.target === event.currentTarget && event.currentTarget instanceof HTMLDialogElement) {
    // Else the press would take the focus from where the dialog gives it back to.
    event.preventDefault();
    requestClose(event.currentTarget);
  }
}
