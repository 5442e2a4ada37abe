import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { iconButton } from "@/components/Icon.tsx";
import { UndoButton } from "@/components/UndoButton.tsx";
import type { UndoTarget } from "@/lib/shared/views.ts";
import { type Message, onAnnounce, takeAnnouncement } from "@/lib/shared/toasts.ts";

interface ToasterProps {
  /** What the request before had to say. */
  readonly text?: string | undefined;
  /** What that was, if it can be taken back. */
  readonly undo?: UndoTarget | undefined;
  readonly viewer_id: number;
  /** Path of this page. */
  readonly path: string;
}

/** What the request before had to say, and what other islands announce. */
export default function Toaster({ text, undo, viewer_id, path }: ToasterProps) {
  const messages = useSignal<readonly Message[]>(
    text === undefined ? [] : [{ kind: "success", text, undo }],
  );
  const closable = useSignal(false);

  useEffect(() => {
    const add = (message: Message) => messages.value = [...messages.value, message];
    const kept = takeAnnouncement();
    if (kept) add(kept);
    closable.value = true;
    return onAnnounce(add);
  }, []);

  const close = (closed: Message) =>
    messages.value = messages.value.filter((message) => message !== closed);

  return (
    <div class="toast-container" role="status">
      {messages.value.map((message) => (
        <div key={message} class={`toast show toast-${message.kind}`}>
          {message.text}
          {message.undo && (
            <UndoButton
              {...message.undo}
              viewer_id={viewer_id}
              next={path}
              what={message.text}
              look="btn-quiet"
            />
          )}
          {closable.value && (
            <button
              type="button"
              class={`${iconButton("x-lg")} ms-auto`}
              onClick={() => close(message)}
            >
              <span class="visually-hidden">Close</span>
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
