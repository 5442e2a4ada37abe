import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { loginForm } from "@/lib/shared/user_forms.ts";

interface LoginFormProps {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  /** Why the sign-in as a whole failed; says not which half was wrong. */
  readonly problem?: string | undefined;
  /** Where to go afterwards. */
  readonly next?: string | undefined;
  readonly canRegister: boolean;
}

/** `POST /login`. */
export function LoginForm({ values, errors, problem, next, canRegister }: LoginFormProps) {
  return (
    <>
      {problem && <Alert kind="error">{problem}</Alert>}
      <form method="post" action="/login">
        {next && <input type="hidden" name="next" value={next} />}
        <Field
          name="username"
          field={loginForm.username}
          value={values.username}
          error={errors.username}
        />
        <Field name="password" field={loginForm.password} error={errors.password} />
        <button type="submit" class="btn btn-primary">Sign in</button>
      </form>
      {canRegister && (
        <p class="auth-aside">
          New here? <a href="/register">Create an account</a>
        </p>
      )}
    </>
  );
}
