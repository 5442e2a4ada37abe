/** The keys of the user list, and what each does. */
export const ROW_KEYS: Readonly<Record<string, string>> = {
  "/": "goes to the search",
  "j ↓": "goes to the next user",
  "k ↑": "goes to the user before",
  "e": "edits the user",
  "s": "suspends or activates the user",
  "x": "ticks the user for a bulk action",
  "?": "shows these keys",
};

const FIELDS = "input, select, textarea, [contenteditable], dialog[open]";

/**
 * Does what a key of the user list stands for, unless the focus is in a field or a modal is open.
 * Returns `"help"` if the keys shall be shown.
 */
export function pressRowKey(event: KeyboardEvent): "help" | undefined {
  const focused = event.target as Element;
  const isTyping = focused.matches(FIELDS) || document.querySelector("dialog[open]") !== null;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const row = focused.closest("tr");
  switch (event.key) {
    case "?":
      event.preventDefault();
      return "help";
    case "/":
      event.preventDefault();
      return void document.querySelector<HTMLElement>("#q")?.focus();
    case "j":
    case "ArrowDown":
      return void focusRow(event, row, 1);
    case "k":
    case "ArrowUp":
      return void focusRow(event, row, -1);
    case "e":
      return void row?.querySelector<HTMLElement>("a[href^='/edit_user']")?.click();
    case "x":
      return void row?.querySelector<HTMLElement>("[type=checkbox]")?.click();
    case "s":
      return void row?.querySelector<HTMLElement>("[role=switch]")?.click();
  }
}

/** Focuses the row after or before one. Arrows scroll the page as long as no row has the focus. */
function focusRow(event: KeyboardEvent, row: Element | null, step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(".users-table tbody tr")];
  if (rows.length === 0 || !row && event.key.startsWith("Arrow")) return;
  const index = rows.findIndex((one) => one === row);
  const next = index === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, index + step));
  event.preventDefault();
  rows[next]!.focus();
}
