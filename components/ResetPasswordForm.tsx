import type { ComponentChildren } from "preact";
import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { resetPasswordForm } from "@/lib/shared/user_forms.ts";

interface ResetPasswordFormProps {
  readonly errors: FieldErrors;
  /** The field `password`: the island PasswordStrength. */
  readonly password: ComponentChildren;
}

/** `POST /reset_password`. */
export function ResetPasswordForm({ errors, password }: ResetPasswordFormProps) {
  return (
    <form method="post" action="/reset_password">
      {password}
      <Field name="password2" field={resetPasswordForm.password2} error={errors.password2} />
      <p class="form-text">This ends all your sessions. You sign in with the new password.</p>
      <button type="submit" class="btn btn-primary">Change password</button>
    </form>
  );
}
