import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";

interface RegisterFormProps {
  /** URL of the form. `/register` if absent. */
  readonly action?: string;
  /** Text of the button. */
  readonly submit?: string;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem?: string | undefined;
  /** The field `email`: the island EmailCheck, or a plain field. */
  readonly email: ComponentChildren;
  /** The field `password`: the island PasswordStrength. */
  readonly password: ComponentChildren;
  /** A field for programs only. */
  readonly trap?: ComponentChildren;
}

/** `POST /register`, or the form for the first admin. */
export function RegisterForm(
  { action = "/register", submit = "Create account", values, errors, problem, ...slots }:
    RegisterFormProps,
) {
  return (
    <>
      {problem && <Alert kind="error">{problem}</Alert>}
      <form method="post" action={action}>
        <Field
          name="username"
          field={registerForm.username}
          value={values.username}
          error={errors.username}
        />
        {slots.email}
        {slots.password}
        <Field name="password2" field={registerForm.password2} error={errors.password2} />
        {slots.trap}
        <button type="submit" class="btn btn-primary">{submit}</button>
      </form>
      <p class="auth-aside">
        Have an account? <a href="/login">Sign in</a>
      </p>
    </>
  );
}
