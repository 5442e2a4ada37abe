import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "@/components/Icon.tsx";
import { type Message, onAnnounce, takeAnnouncement } from "@/lib/shared/toasts.ts";

interface ToasterProps {
  /** What the request before had to say. */
  readonly text?: string | undefined;
}

/** What the request before had to say, and what other islands announce. */
export default function Toaster({ text }: ToasterProps) {
  const messages = useSignal<readonly Message[]>(
    text === undefined ? [] : [{ kind: "success", text }],
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
          {closable.value && (
            <button
              type="button"
              class="btn btn-icon ms-auto"
              onClick={() => close(message)}
            >
              <Icon name="x-lg" />
              <span class="visually-hidden">Close</span>
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
