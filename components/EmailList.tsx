import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Name } from "@/components/Name.tsx";
import { NewestFirst } from "@/components/NewestFirst.tsx";
import { When } from "@/components/When.tsx";
import { EXPIRED_LETTERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import { userListPath } from "@/lib/shared/user_list.ts";
import type { EmailListView, EmailState, EmailView } from "@/lib/shared/operation_views.ts";

interface EmailListProps {
  readonly view: EmailListView;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** Lists e-mails that are not sent yet, newest first, with buttons for what can be done. */
export function EmailList({ view, viewer_id }: EmailListProps) {
  const { emails, next, previous } = view;
  return (
    <NewestFirst path="/emails" next={next} previous={previous} empty={EMPTY}>
      {emails.map((email) => (
        <li key={email.email_id}>
          <Email email={email} />
          {email.state !== "sending" && <EmailButtons email={email} viewer_id={viewer_id} />}
        </li>
      ))}
    </NewestFirst>
  );
}

const EMPTY = {
  icon: "envelope",
  title: "No e-mail waits",
  text: "E-mails that could not be sent stay here until " +
    `${EXPIRED_LETTERS_KEPT_DAYS} days after they are too old.`,
} as const;

const BADGES: Readonly<Record<EmailState, readonly [label: string, look: string]>> = {
  waiting: ["Waiting", "badge badge-warning"],
  sending: ["Being sent", "badge badge-warning"],
  failed: ["Failed", "badge badge-danger"],
  expired: ["Too old", "badge"],
};

function Email({ email }: { readonly email: EmailView }) {
  const { to, title, state, reason, attempts, created_at } = email;
  const [label, look] = BADGES[state];
  return (
    <div class="line-text">
      <a class="quiet-link" href={userListPath({ q: to })}>
        <Name class="fw-bold" text={to} />
      </a>
      <span>{title}</span>
      <span class="row-actions">
        <span class={look}>{label}</span>
      </span>
      {reason !== null && <span class="text-break" dir="auto">{reason}</span>}
      <small class="text-body-secondary">
        Written <When at={created_at} precision="minute" />
        {attempts > 0 && `, ${attempts} ${attempts === 1 ? "attempt" : "attempts"} failed`}
        <Times email={email} />
      </small>
    </div>
  );
}

function Times({ email: { next_at, expires_at } }: { readonly email: EmailView }) {
  return (
    <>
      {next_at !== null && (
        <>
          , tried next <When at={next_at} precision="minute" />
        </>
      )}
      {expires_at !== null && (
        <>
          , {next_at === null ? "too old since" : "worth sending until"}{" "}
          <When at={expires_at} precision="minute" />
        </>
      )}
    </>
  );
}

interface EmailButtonsProps {
  readonly email: EmailView;
  readonly viewer_id: number;
}

function EmailButtons({ email, viewer_id }: EmailButtonsProps) {
  const { email_id, to, has_link, is_of_use } = email;
  const fields = { email_id, viewer_id };
  const whom = <span class="visually-hidden">{` to ${to}`}</span>;
  const form = (label: string, method?: string) => (
    <form method="post" action="/emails">
      <HiddenFields values={method === undefined ? fields : { _method: method, ...fields }} />
      <button type="submit" class="btn btn-sm btn-quiet">{label}{whom}</button>
    </form>
  );
  return (
    <div class="form-actions mt-0">
      {is_of_use && form("Send again", "PUT")}
      {is_of_use && has_link && form("Copy the link")}
      {form("Do not send", "DELETE")}
    </div>
  );
}
