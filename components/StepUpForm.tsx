import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { stepUpForm } from "@/lib/shared/user_forms.ts";

interface StepUpFormProps {
  /** What the user has to prove. */
  readonly kind: "password" | "code";
  /** Where to go afterwards (`next`), and a form to return to (`kept`). */
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem?: string | undefined;
  readonly viewer_id: number;
  /** Tells password managers whose password it is. */
  readonly username: string;
}

/** `POST /step_up`: asks users who they are before they change how they sign in. */
export function StepUpForm(props: StepUpFormProps) {
  const { kind, values, errors, problem, viewer_id, username } = props;
  const { next, kept, kept_path } = values;
  return (
    <>
      <PageHeader title="Confirm that it is you" />
      <form
        class="card card-body form-narrow"
        method="post"
        action="/step_up"
        encType={kept ? "multipart/form-data" : undefined}
      >
        {problem && <Alert kind="error">{problem}</Alert>}
        <p>
          {kept ? "Your input is kept. " : ""}
          {kind === "password"
            ? "Type your password to go on."
            : "Type the code that your authenticator shows now, or a recovery code, to go on."}
        </p>
        <HiddenFields values={{ next, kept, kept_path, viewer_id }} />
        {kind === "password"
          ? (
            <>
              <input type="text" autocomplete="username" value={username} readOnly hidden />
              <Field
                name="password"
                field={{ ...stepUpForm.password, required: true }}
                error={errors.password}
              />
            </>
          )
          : (
            <Field
              name="code"
              field={{ ...stepUpForm.code, required: true }}
              error={errors.code}
            />
          )}
        <div class="form-actions">
          <button type="submit" class="btn btn-primary">Go on</button>
          <a class="btn btn-quiet" href="/security">Cancel</a>
        </div>
      </form>
    </>
  );
}
