/** Arguments that make no sense; its message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A failure that the caller can mend; its message is a sentence that says how. */
export class TaskError extends Error {
  override readonly name = "TaskError";
}
