import { explainProblem, type Problem } from "./api.ts";

/** What a page has to say about something that was just done. */
export interface Message {
  readonly kind: "success" | "error" | "info";
  readonly text: string;
}

const EVENT = "roster:toast";
const KEPT = "roster:toast";

/** Shows a message on this page, through the island Toaster. */
export function announce(message: Message): void {
  document.dispatchEvent(new CustomEvent(EVENT, { detail: message }));
}

/** Calls `listener` with every message that {@linkcode announce} gets, until the answer is called. */
export function onAnnounce(listener: (message: Message) => void): () => void {
  const handle = (event: Event) => {
    if (event instanceof CustomEvent) listener(event.detail);
  };
  document.addEventListener(EVENT, handle);
  return () => document.removeEventListener(EVENT, handle);
}

/** Opens `path`, where the message is shown. */
export function announceAt(path: string, message: Message): void {
  sessionStorage.setItem(KEPT, JSON.stringify(message));
  // To the address where one already is, `assign` would only scroll if it had a fragment.
  if (path === location.pathname + location.search) location.reload();
  else location.assign(path);
}

/** The message that {@linkcode announceAt} left for this page, once. */
export function takeAnnouncement(): Message | undefined {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  return kept === null ? undefined : JSON.parse(kept);
}

/** Says what went wrong; where the session has ended, goes to the sign-in page and back. */
export function announceProblem(problem: Problem): void {
  if (problem.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  } else {
    announce({ kind: "error", text: explainProblem(problem) });
  }
}
