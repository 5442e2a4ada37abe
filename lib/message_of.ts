/** What `error` says, in one line where it can. */
export function messageOf(error: unknown): string {
  // A host with several addresses fails with one error each and no words of its own.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
