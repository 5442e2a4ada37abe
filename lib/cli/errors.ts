/** Invalid arguments. The message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A failure that the caller can fix. The message is a sentence that says how. */
export class TaskError extends Error {
  override readonly name = "TaskError";
}
