import type { FieldErrors } from "@/lib/shared/form.ts";
import { TaskError, UsageError } from "./errors.ts";

/** Turns invalid input, field by field, into one failure of the task. */
export function refusedInput(errors: FieldErrors): TaskError {
  return new TaskError(faultsOf(errors));
}

/** Turns invalid command-line arguments into one usage error. */
export function wrongArguments(errors: FieldErrors): UsageError {
  return new UsageError(faultsOf(errors));
}

function faultsOf(errors: FieldErrors): string {
  return Object.entries(errors).map(([field, message]) => `${field}: ${message}`).join("; ");
}
