import { useSignal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useRef } from "preact/hooks";
import { DiscardQuestion } from "@/components/DiscardQuestion.tsx";
import { iconButton } from "@/components/Icon.tsx";
import { describeForms, requestClose } from "@/lib/shared/dialogs.ts";

interface DialogProps {
  readonly dialogRef: RefObject<HTMLDialogElement>;
  /** Id of the title, unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose?: () => void;
  readonly children: ComponentChildren;
}

/**
 * A modal, opened by `openDialog()`. Escape, the backdrop, the X and `requestClose()` close it, but
 * ask first if typed text would be lost. `close()` closes it without asking.
 */
export function Dialog({ dialogRef, id, title, wide, onClose, children }: DialogProps) {
  // Content of the forms before anything was typed.
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
            class={`${iconButton("x-lg")} btn-quiet`}
            onClick={() => requestClose(dialogRef.current)}
          >
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

/**
 * Shows the whole text area: browsers scroll only to the caret, so the modal's header may cover its
 * edge.
 */
function showWhole(target: EventTarget | null) {
  if (target instanceof HTMLTextAreaElement) target.scrollIntoView({ block: "nearest" });
}

/**
 * Closes on Escape through `requestClose()`: browsers close a modal without asking on the second
 * Escape in a row.
 */
function closeOnEscape(event: KeyboardEvent) {
  if (event.key !== "Escape" || event.isComposing) return;
  if (!(event.currentTarget instanceof HTMLDialogElement)) return;
  event.preventDefault();
  requestClose(event.currentTarget);
}

/**
 * Closes on a press beside the dialog. Children cover its own box, so a press on the element itself
 * is outside.
 */
function closeOnBackdrop(event: MouseEvent) {
  if (event.target === event.currentTarget && event.currentTarget instanceof HTMLDialogElement) {
    // Otherwise the press would take the focus away from the element that opened the dialog.
    event.preventDefault();
    requestClose(event.currentTarget);
  }
}
