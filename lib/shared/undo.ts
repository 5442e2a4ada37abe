import type { ChangedUser, UndoTarget } from "./views.ts";

/** The request that takes an action back. Here, because each page has it without the table of actions. */
export const UNDO_ROUTE = { method: "PUT", path: "/undo" } as const;

/** Returns what can be taken back of an action that was just done, if it can. */
export function undoOf(
  { user_id, entry }: Pick<ChangedUser, "user_id" | "entry">,
): UndoTarget | undefined {
  return entry === undefined ? undefined : { user_id, entry };
}
