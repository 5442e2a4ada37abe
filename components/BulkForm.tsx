import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { BULK_ACTIONS, BULK_LABELS, bulkInputs } from "@/lib/shared/bulk.ts";
import type { FieldErrors } from "@/lib/shared/form.ts";

interface BulkFormProps {
  /** The hidden fields, which say whom it can be about. */
  readonly hidden: Readonly<Record<string, string>>;
  /** The choices of whom it is about, with their labels. */
  readonly whom: Readonly<Record<string, string>>;
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
  readonly values?: Readonly<Record<string, string>>;
  readonly errors?: FieldErrors;
}

/** The id of the form, to which the boxes in the user list belong. Fields of filters have other ids. */
export const BULK_FORM = "bulk_form";

/** Begins the ids of its fields. */
const ID_PREFIX = "bulk";

/** Asks for an action on many users. It leads to a page that shows them: nothing happens yet. */
export function BulkForm({ hidden, whom, viewer_id, values = {}, errors = {} }: BulkFormProps) {
  return (
    <form class="bulk-form" id={BULK_FORM} method="post" action="/bulk_jobs">
      <HiddenFields values={{ ...hidden, viewer_id }} />
      <Choice name="action" label="Action" value={values.action} options={ACTION_LABELS} />
      <Choice name="whom" label="Users" value={values.whom} error={errors.whom} options={whom} />
      {Object.entries(bulkInputs).map(([name, field]) => (
        <div key={name} class={`bulk-input bulk-${name}`}>
          <Field
            name={name}
            field={field.type === "datetime-local"
              ? { ...field, hint: `Time zone: UTC. ${field.hint}` }
              : field}
            value={values[name]}
            error={errors[name]}
            idPrefix={ID_PREFIX}
            // It is hidden for other actions, which must not need it.
            control={{ required: false }}
          />
        </div>
      ))}
      <button type="submit" class="btn btn-primary">Continue</button>
    </form>
  );
}

const ACTION_LABELS = Object.fromEntries(
  BULK_ACTIONS.map((action) => [action, `${BULK_LABELS[action]} …`]),
);

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly error?: string | undefined;
  readonly options: Readonly<Record<string, string>>;
}

function Choice({ name, label, value, error, options }: ChoiceProps) {
  const names = Object.keys(options);
  return (
    <Field
      name={name}
      field={{ label, type: "select", required: true, options: names, read: () => ({ value: "" }) }}
      value={value}
      error={error}
      idPrefix={ID_PREFIX}
      optionLabels={options}
    />
  );
}
