import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { profileForm } from "@/lib/shared/user_forms.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface ProfileFormFieldsProps {
  readonly user: UserView;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly idPrefix?: string | undefined;
}

type ProfileField = keyof typeof profileForm;

/** In pairs, so that short fields share a row where there is room. */
const ROWS: readonly (readonly ProfileField[])[] = [
  ["full_name", "contact_email"],
  ["phone", "website"],
  ["address", "zipcode"],
  ["bio"],
];

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
