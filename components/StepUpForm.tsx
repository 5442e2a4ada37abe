import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { stepUpForm } from "@/lib/shared/sign_in_forms.ts";

interface StepUpFormProps {
  /** How the user may prove it. A code is taken before a password. */
  readonly ways: { readonly password: boolean; readonly code: boolean; readonly passkey: boolean };
  /** The button for a passkey, if the user has one. */
  readonly passkey: ComponentChildren;
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
  const { ways, passkey, values: { kept }, errors, problem } = props;
  const fault = problem ?? errors.credential;
  return (
    <>
      <PageHeader title="Confirm that it is you" />
      <div class="card card-body form-narrow">
        {fault && <Alert kind="error">{fault}</Alert>}
        <p>{kept ? "Your input is kept. " : ""}{leadOf(ways)}</p>
        {passkey}
        {ways.code || ways.password ? <TypedProof {...props} /> : <SignInAgain />}
      </div>
    </>
  );
}

function leadOf({ code, password, passkey }: StepUpFormProps["ways"]): string {
  const typed = code
    ? "type the code that your authenticator shows now, or a recovery code,"
    : password
    ? "type your password"
    : undefined;
  const used = passkey ? "use a passkey" : undefined;
  const [first = "sign in again", ...others] = [used, typed].filter((way) => way !== undefined);
  const ways = [first.charAt(0).toUpperCase() + first.slice(1), ...others].join(" or ");
  return `${ways} to go on.`;
}

function TypedProof({ ways, values, errors, viewer_id, username }: StepUpFormProps) {
  const { next, kept, kept_path } = values;
  return (
    <form
      method="post"
      action="/step_up"
      encType={kept ? "multipart/form-data" : undefined}
    >
      <HiddenFields values={{ next, kept, kept_path, viewer_id }} />
      {ways.code
        ? <Field name="code" field={{ ...stepUpForm.code, required: true }} error={errors.code} />
        : (
          <>
            <input type="text" autocomplete="username" value={username} readOnly hidden />
            <Field
              name="password"
              field={{ ...stepUpForm.password, required: true }}
              error={errors.password}
            />
          </>
        )}
      <div class="form-actions">
        <button type="submit" class="btn btn-primary">Go on</button>
        <a class="btn btn-quiet" href="/security">Cancel</a>
      </div>
    </form>
  );
}

/** For somebody who does not have the passkey here. */
function SignInAgain() {
  return (
    <form method="post" action="/logout">
      <p class="mt-3">Without a passkey in this browser, sign out and sign in again another way.</p>
      <div class="form-actions">
        <button type="submit" class="btn btn-quiet">Sign out</button>
        <a class="btn btn-quiet" href="/security">Cancel</a>
      </div>
    </form>
  );
}
