import type { ComponentChildren } from "preact";
import type { FieldErrors } from "@/lib/shared/form.ts";

/** What the forms about a user take, in a modal and on a page. */
export interface UserFormProps {
  /** What was typed, after a refusal. */
  readonly values?: Readonly<Record<string, string>>;
  readonly errors?: FieldErrors;
  readonly problem?: ComponentChildren;
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
  /** Where to go without script. */
  readonly next: string;
  readonly idPrefix?: string;
  readonly busy?: boolean;
  readonly onSubmit?: (event: SubmitEvent) => void;
  /** The cancel button. */
  readonly cancel: ComponentChildren;
}
