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

/** Opens `path`, where the message is shown and the element of its fragment gets the focus. */
export function announceAt(path: string, message: Message): void {
  sessionStorage.setItem(KEPT, JSON.stringify(message));
  const url = new URL(path, location.href);
  const isHere = url.pathname + url.search === location.pathname + location.search;
  // To the page where one already is, `assign` with a fragment would only scroll.
  location.assign(url);
  if (isHere) location.reload();
}

/** The message that {@linkcode announceAt} left for this page, once; the focus goes to its place. */
export function takeAnnouncement(): Message | undefined {
  const kept = sessionStorage.getItem(KEPT);
  if (kept === null) return undefined;
  sessionStorage.removeItem(KEPT);
  // A user who is no longer on this page of the list has left no place.
  const place = document.getElementById(location.hash.slice(1)) ?? document.getElementById("main");
  place?.focus();
  return JSON.parse(kept);
}

/** Says what went wrong; where the session has ended, goes to the sign-in page and back. */
export function announceProblem(problem: Problem): void {
  if (problem.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  } else {
    announce({ kind: "error", text: explainProblem(problem) });
  }
}
