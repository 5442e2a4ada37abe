/** Options of {@link HttpError}. */
export interface HttpErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * An error that knows its HTTP status. Thrown anywhere below a request, it becomes the answer: by the nearest error
 * route, else as plain text. Its message is shown to the client.
 */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(readonly status: number, message = "", options: HttpErrorOptions = {}) {
    super(message, options);
  }
}

/** The status that an error answers with: its own for an {@link HttpError}, 500 for anything else. */
export function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}
