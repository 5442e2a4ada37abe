import { Alert } from "@/components/Alert.tsx";
import { Checkbox } from "@/components/Checkbox.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { SCOPES, scopesOf } from "@/lib/shared/api_keys.ts";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { apiKeyForm } from "@/lib/shared/sign_in_forms.ts";
import type { Role } from "@/lib/shared/users.ts";

interface ApiKeyFormProps {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem?: string | undefined;
  readonly role: Role;
  readonly viewer_id: number;
}

/** `POST /api_keys`: makes a key, with the scopes that the user's role allows. */
export function ApiKeyForm({ values, errors, problem, role, viewer_id }: ApiKeyFormProps) {
  return (
    <section class="card form-narrow mt-4">
      <div class="card-header">
        <h2>Make an API key</h2>
      </div>
      <form method="post" action="/api_keys" class="card-body">
        {problem && <Alert kind="error">{problem}</Alert>}
        <HiddenFields values={{ viewer_id }} />
        <Field name="name" field={apiKeyForm.name} value={values.name} error={errors.name} />
        <fieldset class="field">
          <legend class="form-label">What it may do</legend>
          {scopesOf(role).map((scope) => (
            <Checkbox
              key={scope}
              name={scope}
              checked={values[scope] === "1"}
              error={errors[scope]}
            >
              {SCOPES[scope].label} <code>{scope}</code>
            </Checkbox>
          ))}
        </fieldset>
        <Field
          name="days"
          field={apiKeyForm.days}
          value={values.days ?? "90"}
          error={errors.days}
          optionLabels={Object.fromEntries(
            apiKeyForm.days.options?.map((days) => [days, `${days} days`]) ?? [],
          )}
        />
        <button type="submit" class="btn btn-primary">Make the key</button>
      </form>
    </section>
  );
}
