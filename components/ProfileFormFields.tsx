import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { PROFILE_FIELDS, type ProfileField, profileForm } from "@/lib/shared/profile_form.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface ProfileFormFieldsProps {
  readonly user: UserView;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly idPrefix?: string | undefined;
}

/** A longer text has a row of its own; other fields share one where there is room. */
const LONG_TEXT_CHARS = 1_000;

const ROWS = rowsOf(PROFILE_FIELDS);

function rowsOf(names: readonly ProfileField[]): ProfileField[][] {
  const rows: ProfileField[][] = [];
  for (const name of names) {
    const row = rows.at(-1);
    if (row?.length !== 1 || [...row, name].some(isLong)) rows.push([name]);
    else row.push(name);
  }
  return rows;
}

function isLong(name: ProfileField): boolean {
  return (profileForm[name].maxLength ?? 0) > LONG_TEXT_CHARS;
}

/** The fields that describe the person. */
export function ProfileFormFields({ user, values, errors, idPrefix }: ProfileFormFieldsProps) {
  return (
    <>
      {ROWS.map((names) => (
        <div key={names[0]} class="field-row">
          {names.map((name) => (
            <Field
              key={name}
              name={name}
              field={profileForm[name]}
              value={values[name] ?? user[name]}
              error={errors[name]}
              idPrefix={idPrefix}
            />
          ))}
        </div>
      ))}
    </>
  );
}
