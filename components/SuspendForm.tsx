import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { statusForm } from "@/lib/shared/user_forms.ts";

interface SuspendFormProps {
  readonly user_id: number;
  readonly name: string;
  /** What was typed before a refusal. */
  readonly values?: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem?: ComponentChildren;
  /** In which the end is typed: the server knows that of no reader, and takes it for UTC. */
  readonly timeZone: string;
  /** Whom the form is made for. */
  readonly viewer_id: number;
  /** Where to go without script. */
  readonly next: string;
  readonly idPrefix?: string;
  readonly busy?: boolean;
  readonly onSubmit?: (event: SubmitEvent) => void;
  /** The way back. */
  readonly cancel: ComponentChildren;
}

/** The part of `PUT /update_status` that suspends, in the modal and on the page of its own alike. */
export function SuspendForm(props: SuspendFormProps) {
  const { user_id, name, values = {}, errors, problem, idPrefix } = props;
  return (
    <form method="post" action="/update_status" onSubmit={props.onSubmit}>
      {problem && <Alert kind="error">{problem}</Alert>}
      <HiddenFields
        values={{
          _method: "PUT",
          user_id,
          status: "suspended",
          viewer_id: props.viewer_id,
          next: props.next,
        }}
      />
      <p>
        All sessions of <strong>{name}</strong>{" "}
        end, and signing in is refused until the suspension is over.
      </p>
      <Field
        name="reason"
        field={{ ...statusForm.reason, hint: "Admins see it, the user does not" }}
        value={values.reason}
        error={errors.reason}
        idPrefix={idPrefix}
      />
      <Field
        name="until"
        field={{
          ...statusForm.until,
          hint: `Time zone: ${props.timeZone}. Left empty, an admin has to end it`,
        }}
        value={values.until}
        error={errors.until}
        idPrefix={idPrefix}
      />
      <div class="form-actions">
        <button type="submit" class="btn btn-danger" aria-busy={props.busy ? "true" : undefined}>
          Suspend
        </button>
        {props.cancel}
      </div>
    </form>
  );
}
