import { Field } from "@/components/Field.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { addressForm, verifyCodeForm } from "@/lib/shared/sign_in_forms.ts";

/** `POST /verify_email` after opening the link. */
export function ConfirmLinkForm() {
  return (
    <form method="post" action="/verify_email">
      <p class="text-body-secondary">Press the button to say that this address is yours.</p>
      <button type="submit" class="btn btn-primary">Confirm</button>
    </form>
  );
}

interface VerifyEmailFormsProps {
  readonly email: string | undefined;
  readonly errors: FieldErrors;
}

/** `POST /verify_email` with the code of the e-mail, and the way to another e-mail. */
export function VerifyEmailForms({ email, errors }: VerifyEmailFormsProps) {
  return (
    <>
      <form method="post" action="/verify_email">
        <p class="text-body-secondary">
          Open the link in the e-mail that we have sent you, or type its code here.
        </p>
        <Field name="email" field={verifyCodeForm.email} value={email} error={errors.email} />
        <Field name="code" field={verifyCodeForm.code} error={errors.code} />
        <button type="submit" class="btn btn-primary">Confirm</button>
      </form>
      <details>
        <summary class="auth-aside mb-3">No e-mail?</summary>
        <form method="post" action="/verify_email">
          <p class="text-body-secondary">
            Look into the folder for junk mail, too. If there is none, we send you another one.
          </p>
          <input type="hidden" name="send_again" value="1" />
          <Field name="email" field={addressForm.email} value={email} idPrefix="again" />
          <button type="submit" class="btn btn-quiet">Send another e-mail</button>
        </form>
      </details>
      <p class="auth-aside">
        <a href="/login">Back to sign in</a>
      </p>
    </>
  );
}
