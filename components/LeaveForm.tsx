import { Alert } from "@/components/Alert.tsx";
import { Checkbox } from "@/components/Checkbox.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import { leaveForm } from "@/lib/shared/user_forms.ts";

interface LeaveFormProps {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem?: string | undefined;
  readonly username: string;
  readonly viewer_id: number;
}

/** `POST /leave`: deletes the own account. */
export function LeaveForm({ values, errors, problem, username, viewer_id }: LeaveFormProps) {
  return (
    <form class="card card-body form-narrow" method="post" action="/leave">
      {problem && <Alert kind="error">{problem}</Alert>}
      <HiddenFields values={{ viewer_id }} />
      <p>
        This deletes your account{" "}
        <bdi class="fw-bold">{username}</bdi>, your profile and your picture. All your sessions and
        API keys end at once. You may want to <a href="/download_data">download your data</a> first.
      </p>
      <p>
        For {DELETED_USERS_KEPT_DAYS}{" "}
        days a link that we send you brings everything back. Then we erase it. Second factors are
        set up again.
      </p>
      <Field
        name="username"
        field={leaveForm.username}
        value={values.username}
        error={errors.username}
      />
      <Checkbox name="erase" checked={values.erase === "1"} error={errors.erase}>
        {leaveForm.erase.label}
      </Checkbox>
      <div class="form-actions">
        <button type="submit" class="btn btn-danger">Delete my account</button>
        <a class="btn btn-quiet" href="/security">Cancel</a>
      </div>
    </form>
  );
}
