import type { FieldErrors } from "@/lib/shared/form.ts";
import { TaskError } from "./errors.ts";

/** What is wrong with the input, field by field, as one failure of the task. */
export function refusedInput(errors: FieldErrors): TaskError {
  const faults = Object.entries(errors).map(([field, message]) => `${field}: ${message}`);
  return new TaskError(faults.join("; "));
}
