import { Alert } from "@/components/Alert.tsx";
import { Checkbox } from "@/components/Checkbox.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { loginForm } from "@/lib/shared/sign_in_forms.ts";

interface LoginFormProps {
  /** Input, where to go afterwards (`next`), and a form to return to (`kept`). */
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  /** Why the sign-in failed, without saying which half was wrong. */
  readonly problem?: string | undefined;
  readonly canRegister: boolean;
  readonly hasPasskeys: boolean;
}

/** `POST /login`. */
export function LoginForm(props: LoginFormProps) {
  const { values, errors, problem, canRegister, hasPasskeys } = props;
  const { next, kept, kept_path } = values;
  return (
    <>
      {problem && <Alert kind="error">{problem}</Alert>}
      {kept && !problem && (
        <Alert kind="info">
          Your session has ended. Sign in to continue where you left off. Your input is kept, except
          for passwords and pictures.
        </Alert>
      )}
      {/* URL encoding would make the kept input up to three times as long as multipart does. */}
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
        <div class="mb-3">
          <Checkbox name="stay" checked={values.stay === "1"} error={errors.stay}>
            {loginForm.stay.label}
          </Checkbox>
        </div>
        <button type="submit" class="btn btn-primary">Sign in</button>
      </form>
      {/* A waiting form is too long to take along. */}
      {hasPasskeys && !kept && (
        <a class="btn btn-quiet passkey-link" href={passkeyLogin(next)}>Sign in with a passkey</a>
      )}
      <p class="auth-aside">
        <a href="/forgot_password">Forgot your password?</a>
      </p>
      {canRegister && (
        <p class="auth-aside">
          New here? <a href="/register">Create an account</a>
        </p>
      )}
    </>
  );
}

/** `static/password.js` shows the link where passkeys work. */
function passkeyLogin(next: string | undefined): string {
  return next === undefined ? "/passkey_login" : `/passkey_login?${new URLSearchParams({ next })}`;
}
