import type { ComponentChildren } from "preact";
import { Checkbox } from "@/components/Checkbox.tsx";
import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { resetForm } from "@/lib/shared/sign_in_forms.ts";

interface ResetPasswordFormProps {
  readonly errors: FieldErrors;
  /** The field `password`: the island PasswordStrength. */
  readonly password: ComponentChildren;
  /** The names of the user's API keys, and whether they shall end. */
  readonly apiKeys: readonly string[];
  readonly endApiKeys: boolean;
}

/** `POST /reset_password`. */
export function ResetPasswordForm(
  { errors, password, apiKeys, endApiKeys }: ResetPasswordFormProps,
) {
  return (
    <form method="post" action="/reset_password">
      {password}
      <Field name="password2" field={resetForm.password2} error={errors.password2} />
      {apiKeys.length > 0 && (
        <fieldset class="field">
          <legend class="form-label">Programs that can act as you by an API key</legend>
          <ul>{apiKeys.map((name) => <li key={name} dir="auto">{name}</li>)}</ul>
          <Checkbox name="end_api_keys" checked={endApiKeys} error={errors.end_api_keys}>
            {resetForm.end_api_keys.label}
          </Checkbox>
        </fieldset>
      )}
      <p class="form-text">This ends all your sessions. You sign in with the new password.</p>
      <button type="submit" class="btn btn-primary">Change password</button>
    </form>
  );
}
