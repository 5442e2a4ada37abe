/** Options of {@link HttpError}. */
export interface HttpErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * An error with an HTTP status. When it is thrown during a request, the nearest error route answers it, or else plain
 * text with its message does. The client sees the message.
 */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(readonly status: number, message = "", options: HttpErrorOptions = {}) {
    super(message, options);
  }
}

/** Returns the status of the answer to an error: that of an {@link HttpError}, or 500. */
export function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}
