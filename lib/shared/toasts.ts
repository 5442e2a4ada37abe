import type { ChangedUser, UndoTarget } from "./views.ts";
import { explainProblem, type Problem } from "./api.ts";
import { undoOf } from "./undo.ts";

/** A message about something that was just done. */
export interface Message {
  readonly kind: "success" | "error" | "info";
  readonly text: string;
  /** What it offers to take back. */
  readonly undo?: UndoTarget | undefined;
}

/** The answer of the server to an action. */
export interface ActionDone extends Pick<ChangedUser, "user_id" | "entry"> {
  readonly message: string;
}

/** Makes the message of an action that was done. */
export function messageOf({ message, ...changed }: ActionDone): Message {
  return { kind: "success", text: message, undo: undoOf(changed) };
}

const EVENT = "roster:toast";
const KEPT = "roster:toast";

/** Shows a message on this page, through the island Toaster. */
export function announce(message: Message): void {
  document.dispatchEvent(new CustomEvent(EVENT, { detail: message }));
}

/**
 * Calls `listener` with every message of {@linkcode announce}. Returns a function that stops this.
 */
export function onAnnounce(listener: (message: Message) => void): () => void {
  const handle = (event: Event) => {
    if (event instanceof CustomEvent) listener(event.detail);
  };
  document.addEventListener(EVENT, handle);
  return () => document.removeEventListener(EVENT, handle);
}

/** Opens `path`, shows the message there, and moves the focus to the element of its fragment. */
export function announceAt(path: string, message: Message): void {
  sessionStorage.setItem(KEPT, JSON.stringify(message));
  const url = new URL(path, location.href);
  const isHere = url.pathname + url.search === location.pathname + location.search;
  // On the same page, `assign` with a fragment would only scroll.
  location.assign(url);
  if (isHere) location.reload();
}

/** Returns the message of {@linkcode announceAt} for this page, once, and moves the focus. */
export function takeAnnouncement(): Message | undefined {
  const kept = sessionStorage.getItem(KEPT);
  if (kept === null) return undefined;
  sessionStorage.removeItem(KEPT);
  // The user may not be on this page of the list any more.
  const place = document.getElementById(location.hash.slice(1)) ?? document.getElementById("main");
  place?.focus();
  return JSON.parse(kept);
}

/** Shows what went wrong. If the session has ended, leads to the sign-in page and back. */
export function announceProblem(problem: Problem): void {
  if (problem.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  } else {
    announce({ kind: "error", text: explainProblem(problem) });
  }
}
