import { Title } from "@/components/Title.tsx";

interface ErrorMessageProps {
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  /** Id of the failed request in the log, which a user can quote to an admin. */
  readonly requestId?: string | undefined;
  /** Path of the same page, if trying again may help. */
  readonly retryPath?: string | undefined;
}

/** Says what went wrong and offers a way on. */
export function ErrorMessage(props: ErrorMessageProps) {
  const { status, title, detail, requestId, retryPath } = props;
  return (
    <>
      <p class="error-status tabular">{status}</p>
      <Title text={title} />
      {detail && <p>{detail}</p>}
      {requestId && (
        <p class="form-text">
          Request <code>{requestId}</code>
        </p>
      )}
      <div class="form-actions">
        {retryPath && <a class="btn btn-primary" href={retryPath}>Try again</a>}
        <a class={`btn ${retryPath ? "btn-quiet" : "btn-primary"}`} href="/">
          Go to the start page
        </a>
      </div>
    </>
  );
}
