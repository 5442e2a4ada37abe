import { callApi } from "./api.ts";
import { announceProblem } from "./toasts.ts";

const FIELDS = "input:not([type=hidden]), select, textarea";

/** Opens a modal and focuses the element with `autofocus`, or else the first field. */
export function openDialog(dialog: HTMLDialogElement | null): void {
  dialog?.showModal();
  const first = dialog?.querySelector<HTMLElement>(":scope [autofocus]") ??
    dialog?.querySelector<HTMLElement>(FIELDS);
  first?.focus();
}

/**
 * Opens a modal instead of the page that a link leads to, unless the user wants that in a new tab or
 * window. The page is shown, too, if a newer server no longer has the scripts of this one.
 */
export async function openInstead(
  event: MouseEvent,
  link: HTMLAnchorElement,
  open: () => Promise<void>,
): Promise<void> {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await open();
  } catch {
    location.assign(link.href);
  }
}

/** Loads what a modal shows together with the modal. Says why if the server refuses. */
export async function loadModal<Value, Modal>(
  path: string,
  script: Promise<{ readonly default: Modal }>,
): Promise<{ readonly value: Value; readonly Modal: Modal } | undefined> {
  const [answer, { default: Modal }] = await Promise.all([callApi<Value>("GET", path), script]);
  if (answer.ok) return { value: answer.value, Modal };
  announceProblem(answer.problem);
}

/** Closes a modal unless a listener of its `cancel` event objects, as with Escape. */
export function requestClose(dialog: HTMLDialogElement | null): void {
  if (dialog?.dispatchEvent(new Event("cancel", { cancelable: true }))) dialog.close();
}

/** Returns everything that the forms in `root` would send, as a text to compare later. */
export function describeForms(root: ParentNode): string {
  const fields = [...root.querySelectorAll("form")].flatMap((form) => [...new FormData(form)]);
  return JSON.stringify(
    fields.map(([name, value]) => [name, value instanceof File ? value.name : value]),
  );
}

/** Focuses the first field with an error, or else the message about the whole form. */
export function focusFault(root: ParentNode | null): void {
  const fault = root?.querySelector<HTMLElement>("[aria-invalid=true]") ??
    root?.querySelector<HTMLElement>("[role=alert]");
  if (!fault) return;
  if (fault.getAttribute("role") === "alert") fault.tabIndex = -1;
  fault.focus({ preventScroll: true });
  fault.scrollIntoView({ block: "center" });
}
