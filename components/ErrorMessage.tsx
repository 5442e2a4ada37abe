interface ErrorMessageProps {
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  /** The id of the failed request in the log; shown so that a user can quote it to an admin. */
  readonly requestId?: string | undefined;
  /** The same page, if it may work in a moment. */
  readonly retryPath?: string | undefined;
}

/** What went wrong, and a way on. */
export function ErrorMessage(props: ErrorMessageProps) {
  const { status, title, detail, requestId, retryPath } = props;
  return (
    <>
      <p class="error-status tabular">{status}</p>
      <h1>{title}</h1>
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
