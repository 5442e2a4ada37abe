import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { Checkbox } from "@/components/Checkbox.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { codesStoredForm } from "@/lib/shared/sign_in_forms.ts";

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly viewer_id: number;
  /** The island RecoveryCodeTools. */
  readonly tools: ComponentChildren;
  /** What has happened. */
  readonly children: ComponentChildren;
}

/** Shows recovery codes, which cannot be shown again. */
export function RecoveryCodes({ codes, viewer_id, tools, children }: RecoveryCodesProps) {
  return (
    <>
      <PageHeader title="Your recovery codes" />
      <div class="card card-body form-narrow">
        <Alert kind="success">{children}</Alert>
        <p>
          Store these codes where you find them without your phone, in a password manager or on
          paper. Each works once instead of the authenticator. They are not shown again.
        </p>
        <ul class="recovery-codes">
          {codes.map((code) => <li key={code}>{code}</li>)}
        </ul>
        {tools}
        <CodesStoredForm viewer_id={viewer_id} />
      </div>
    </>
  );
}

interface CodesStoredFormProps {
  readonly viewer_id: number;
  readonly error?: string | undefined;
}

/** `POST /recovery_codes`: says that the codes are stored. */
export function CodesStoredForm({ viewer_id, error }: CodesStoredFormProps) {
  return (
    <form method="post" action="/recovery_codes">
      <HiddenFields values={{ viewer_id, done: 1 }} />
      <Checkbox name="stored" required error={error}>{codesStoredForm.stored.label}</Checkbox>
      <div class="form-actions">
        <button type="submit" class="btn btn-primary">Done</button>
      </div>
    </form>
  );
}
