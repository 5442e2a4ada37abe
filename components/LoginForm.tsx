import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { loginForm } from "@/lib/shared/user_forms.ts";

interface LoginFormProps {
  /** What was typed, where to go afterwards (`next`), and a form that waits for it (`kept`). */
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  /** Why the sign-in as a whole failed; says not which half was wrong. */
  readonly problem?: string | undefined;
  readonly canRegister: boolean;
}

/** `POST /login`. */
export function LoginForm({ values, errors, problem, canRegister }: LoginFormProps) {
  const { next, kept, kept_path } = values;
  return (
    <>
      {problem && <Alert kind="error">{problem}</Alert>}
      {kept && !problem && (
        <Alert kind="info">
          Your session has ended. Sign in and go on where you were: what you typed is kept, only
          passwords and pictures have to be given again.
        </Alert>
      )}
      {/* Multipart takes what is kept as it is; the other encoding makes it up to three times as long. */}
      <form
        method="post"
        action="/login"
        encType={kept ? "multipart/form-data" : undefined}
      >
        <HiddenFields values={{ next, kept, kept_path }} />
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
