import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { addressForm } from "@/lib/shared/sign_in_forms.ts";

interface ForgotPasswordFormProps {
  readonly email: string | undefined;
  readonly errors: FieldErrors;
}

/** `POST /forgot_password`. */
export function ForgotPasswordForm({ email, errors }: ForgotPasswordFormProps) {
  return (
    <>
      <form method="post" action="/forgot_password">
        <p class="text-body-secondary">
          Enter the address of your account. We send you a link with which you choose a new
          password.
        </p>
        <Field name="email" field={addressForm.email} value={email} error={errors.email} />
        <button type="submit" class="btn btn-primary">Send the link</button>
      </form>
      <p class="auth-aside">
        <a href="/login">Back to sign in</a>
      </p>
    </>
  );
}
