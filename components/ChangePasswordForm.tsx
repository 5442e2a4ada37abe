import type { ComponentChildren } from "preact";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { changePasswordForm } from "@/lib/shared/sign_in_forms.ts";

interface ChangePasswordFormProps {
  readonly errors: FieldErrors;
  /** The field `password`: the island PasswordStrength. */
  readonly password: ComponentChildren;
  /** Tells password managers whose password it is. */
  readonly username: string;
  readonly viewer_id: number;
  /** Whether there is a password to change. */
  readonly hasPassword: boolean;
}

/** `POST /change_password`. */
export function ChangePasswordForm(props: ChangePasswordFormProps) {
  const { errors, password, username, viewer_id, hasPassword } = props;
  return (
    <form class="card card-body form-narrow" method="post" action="/change_password">
      <HiddenFields values={{ viewer_id }} />
      <input type="text" autocomplete="username" value={username} readOnly hidden />
      {hasPassword && (
        <Field
          name="current_password"
          field={changePasswordForm.current_password}
          error={errors.current_password}
        />
      )}
      {password}
      <Field name="password2" field={changePasswordForm.password2} error={errors.password2} />
      <p class="form-text m-0">
        This ends all your other sessions. Your <a href="/api_keys">API keys</a> stay.
      </p>
      <div class="form-actions">
        <button type="submit" class="btn btn-primary">
          {hasPassword ? "Change password" : "Set password"}
        </button>
        <a class="btn btn-quiet" href="/profile">Cancel</a>
      </div>
    </form>
  );
}
