import type { FieldErrors } from "@/lib/shared/form.ts";
import { TaskError, UsageError } from "./errors.ts";

/** What is wrong with the input, field by field, as one failure of the task. */
export function refusedInput(errors: FieldErrors): TaskError {
  return new TaskError(faultsOf(errors));
}

/** What is wrong with the words and options of the command line, which no user or rule can change. */
export function wrongArguments(errors: FieldErrors): UsageError {
  return new UsageError(faultsOf(errors));
}

function faultsOf(errors: FieldErrors): string {
  return Object.entries(errors).map(([field, message]) => `${field}: ${message}`).join("; ");
}
