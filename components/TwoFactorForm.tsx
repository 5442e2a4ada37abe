import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { Checkbox } from "@/components/Checkbox.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { twoFactorForm } from "@/lib/shared/sign_in_forms.ts";

interface TwoFactorFormProps {
  /**
   * Where to go afterwards (`next`), whether to stay signed in (`stay`), a form to return to (`kept`),
   * and what is asked for (`by`).
   */
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem?: string | undefined;
  /** The button for a passkey, if the user has one. */
  readonly passkey?: ComponentChildren;
}

/** `POST /two_factor`: the second step of a sign-in. The authenticator is asked for first. */
export function TwoFactorForm({ values, errors, problem, passkey }: TwoFactorFormProps) {
  const { next, stay, kept, kept_path, by } = values;
  const recovers = by === "recovery_code";
  const query = new URLSearchParams({
    ...(next !== undefined && { next }),
    ...(stay !== undefined && { stay }),
    ...(!recovers && { by: "recovery_code" }),
  });
  return (
    <>
      {problem && <Alert kind="error">{problem}</Alert>}
      <form
        method="post"
        action="/two_factor"
        encType={kept ? "multipart/form-data" : undefined}
      >
        <p class="text-body-secondary">
          {recovers
            ? "Type one of the recovery codes that you stored. It works once."
            : "Open your authenticator and type the code that it shows now."}
        </p>
        <HiddenFields values={{ next, stay, kept, kept_path, by }} />
        <Field
          name="code"
          field={recovers ? { ...twoFactorForm.code, label: "Recovery code" } : twoFactorForm.code}
          error={errors.code}
          control={{
            inputMode: recovers ? "text" : "numeric",
            autocomplete: recovers ? "off" : "one-time-code",
            autofocus: true,
          }}
        />
        <div class="mb-3">
          <Checkbox name="trust" checked={values.trust === "1"} error={errors.trust}>
            {twoFactorForm.trust.label}
          </Checkbox>
        </div>
        <button type="submit" class="btn btn-primary">Sign in</button>
      </form>
      {passkey}
      {!kept && (
        <p class="auth-aside">
          <a href={`/two_factor?${query}`}>
            {recovers ? "Use the authenticator instead" : "Use a recovery code instead"}
          </a>
        </p>
      )}
      <p class="auth-aside">
        <a href="/login">Sign in again</a>
      </p>
    </>
  );
}
