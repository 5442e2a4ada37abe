import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { UserFormProps } from "@/components/UserFormProps.ts";
import { actionOf, type AskedAction, requestFields } from "@/lib/shared/actions.ts";
import type { Field as FormField } from "@/lib/shared/form.ts";
import { cut, wordsFor } from "@/lib/shared/words.ts";

interface ActionFormProps extends UserFormProps {
  readonly action: AskedAction;
  readonly user_id: number;
  readonly name: string;
  /**
   * Time zone of the times. Without script it is UTC, because the server does not know the user's.
   */
  readonly timeZone: string;
}

/** The form of an action that asks first, for the modal and the page. */
export function ActionForm(props: ActionFormProps) {
  const { action, user_id, name, viewer_id, next, values = {}, errors = {}, idPrefix } = props;
  const { ask, form = {}, route } = actionOf(action);
  return (
    <form method="post" action={route!.path} onSubmit={props.onSubmit}>
      {props.problem && <Alert kind="error">{props.problem}</Alert>}
      <HiddenFields values={{ ...requestFields(action), user_id, viewer_id, next }} />
      <p>
        {cut(wordsFor(ask!.text, user_id === viewer_id)).map((part) =>
          part === "name" ? <bdi key={part} class="fw-bold">{name}</bdi> : part
        )}
      </p>
      {Object.entries(form).map(([field, declared]) => (
        <Field
          key={field}
          name={field}
          field={inTimeZone(declared, props.timeZone)}
          value={values[field]}
          error={errors[field]}
          idPrefix={idPrefix}
        />
      ))}
      <div class="form-actions">
        <button
          type="submit"
          class={`btn ${ask!.harmless ? "btn-primary" : "btn-danger"}`}
          aria-busy={props.busy ? "true" : undefined}
        >
          {ask!.submit}
        </button>
        {props.cancel}
      </div>
    </form>
  );
}

function inTimeZone(field: FormField<unknown>, timeZone: string): FormField<unknown> {
  if (field.type !== "datetime-local") return field;
  return { ...field, hint: `Time zone: ${timeZone}. ${field.hint}` };
}
