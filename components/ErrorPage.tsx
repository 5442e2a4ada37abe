import { Brand } from "@/components/Brand.tsx";

interface ErrorPageProps {
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  /** What the log names the failed request; shown so that it can be told to an admin. */
  readonly requestId?: string | undefined;
  /** The same page, where it may be there in a moment. */
  readonly retryPath?: string | undefined;
}

/** What went wrong, and a way on: a page of its own, which needs nobody to be signed in. */
export function ErrorPage(props: ErrorPageProps) {
  const { status, title, detail, requestId, retryPath } = props;
  return (
    <div class="auth">
      <main class="auth-main">
        <Brand href="/" />
        <div class="card auth-card">
          <p class="error-status tabular">{status}</p>
          <h1>{title}</h1>
          {detail && <p>{detail}</p>}
          {requestId && (
            <p class="form-text">
              Request <code>{requestId}</code>
            </p>
          )}
          {retryPath && <a class="btn btn-primary" href={retryPath}>Try again</a>}
          <a class={`btn ${retryPath ? "btn-quiet" : "btn-primary"}`} href="/">
            Go to the start page
          </a>
        </div>
      </main>
    </div>
  );
}
