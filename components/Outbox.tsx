import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** Whether pages lead to the e-mails that were written to files. Only in development. */
export const Outbox = createContext(false);

/** Links to the e-mails in files. Without a mail server, nobody receives them. */
export function OutboxLink() {
  return useContext(Outbox)
    ? (
      <p class="m-0">
        <a href="/outbox">Development: open the e-mails</a>
      </p>
    )
    : null;
}

interface OutboxListProps {
  readonly mails: readonly { readonly to: string; readonly text: string }[];
}

/** E-mails as they were written, with links that can be followed. */
export function OutboxList({ mails }: OutboxListProps) {
  if (mails.length === 0) {
    return <p class="m-0">There is no e-mail yet. One that was just sent takes a second.</p>;
  }
  return (
    <>
      {mails.map(({ to, text }, index) => (
        <section key={index}>
          <h2 class="h6">To {to}</h2>
          <p class="outbox-mail">{withLinks(text)}</p>
        </section>
      ))}
    </>
  );
}

function withLinks(text: string) {
  return text.split(/(https?:\/\/\S+)/).map((part, index) =>
    index % 2 === 0 ? part : <a key={index} href={part}>{part}</a>
  );
}
