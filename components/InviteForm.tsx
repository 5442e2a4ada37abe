import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { inviteForm } from "@/lib/shared/user_forms.ts";
import { ROLE_LABELS } from "@/lib/shared/users.ts";

interface InviteFormProps {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem: string | undefined;
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
}

/** `POST /invitations`. */
export function InviteForm({ values, errors, problem, viewer_id }: InviteFormProps) {
  return (
    <section class="card card-body mb-card">
      <h2 class="mb-3">Invite somebody</h2>
      {problem && <Alert kind="error">{problem}</Alert>}
      <form class="form-narrow" method="post" action="/invitations">
        <HiddenFields values={{ viewer_id }} />
        <Field
          name="email"
          field={inviteForm.email}
          value={values.email}
          error={errors.email}
          control={{ autocomplete: "off" }}
        />
        <Field
          name="role"
          field={inviteForm.role}
          value={values.role ?? "user"}
          error={errors.role}
          optionLabels={ROLE_LABELS}
        />
        <button type="submit" class="btn btn-primary">Send the invitation</button>
      </form>
    </section>
  );
}
