interface ErrorPageProps {
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  /** What the log names the failed request; shown so that it can be told to an admin. */
  readonly requestId?: string | undefined;
}

/** What went wrong, and a way on. */
export function ErrorPage({ status, title, detail, requestId }: ErrorPageProps) {
  return (
    <div class="error-page">
      <p class="error-status tabular">{status}</p>
      <h1>{title}</h1>
      {detail && <p class="text-body-secondary">{detail}</p>}
      {requestId && (
        <p class="text-body-secondary">
          Request <code>{requestId}</code>
        </p>
      )}
      <a class="btn btn-primary" href="/">Go to the start page</a>
    </div>
  );
}
