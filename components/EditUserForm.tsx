import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { EditConflict } from "@/components/EditConflict.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { OpenedBy } from "@/components/OpenedBy.tsx";
import { ProfileFormFields } from "@/components/ProfileFormFields.tsx";
import type { UserFormProps } from "@/components/UserFormProps.ts";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { accountForm, editBase, editTargetForm } from "@/lib/shared/user_forms.ts";
import { ROLE_LABELS } from "@/lib/shared/users.ts";
import type { EditConflictView, UserView } from "@/lib/shared/views.ts";

interface EditUserFormProps extends UserFormProps {
  readonly user: UserView;
  readonly errors: FieldErrors;
  /** What somebody else has changed as well. */
  readonly conflicts?: readonly EditConflictView[] | undefined;
  /** The editor is an admin: username, and role of others, can be changed. */
  readonly asAdmin: boolean;
  /** It is the editor's own account: a new sign-in address needs the password. */
  readonly own: boolean;
  /** The island AvatarPicker. */
  readonly picture: ComponentChildren;
  /** The field `email`: the island EmailCheck. */
  readonly email: ComponentChildren;
}

/** `PUT /edit_user`, in the modal and on the page of its own alike. */
export function EditUserForm(props: EditUserFormProps) {
  const { user, values = {}, errors, problem, conflicts, asAdmin, own, idPrefix } = props;
  return (
    <form
      method="post"
      action="/edit_user"
      encType="multipart/form-data"
      onSubmit={props.onSubmit}
    >
      <OpenedBy openers={user.opened_by} />
      {conflicts?.length
        ? <EditConflict conflicts={conflicts} />
        : problem && <Alert kind="error">{problem}</Alert>}
      <HiddenFields
        values={{
          _method: "PUT",
          user_id: user.user_id,
          // After a refusal still those that the form started from.
          version: values.version ?? user.version,
          before: values.before ?? JSON.stringify(editBase(user)),
          viewer_id: props.viewer_id,
          next: props.next,
        }}
      />
      {asAdmin && <AdminFields {...props} />}
      <div class="field-row">
        {props.email}
        {own && (
          <Field
            name="current_password"
            field={{
              ...editTargetForm.current_password,
              hint: "Only to change your e-mail address",
            }}
            error={errors.current_password}
            idPrefix={idPrefix}
          />
        )}
      </div>
      <ProfileFormFields user={user} values={values} errors={errors} idPrefix={idPrefix} />
      {props.picture}
      <div class="form-actions form-foot">
        <button type="submit" class="btn btn-primary" aria-busy={props.busy ? "true" : undefined}>
          Save changes
        </button>
        {props.cancel}
      </div>
    </form>
  );
}

/** The own role is another admin's to change. */
function AdminFields({ user, values = {}, errors, own, idPrefix }: EditUserFormProps) {
  return (
    <div class="field-row">
      <Field
        name="username"
        field={{ ...accountForm.username, autocomplete: "off" }}
        value={values.username ?? user.username}
        error={errors.username}
        idPrefix={idPrefix}
      />
      {!own && (
        <Field
          name="role"
          field={accountForm.role}
          value={values.role ?? user.role}
          error={errors.role}
          idPrefix={idPrefix}
          optionLabels={ROLE_LABELS}
        />
      )}
    </div>
  );
}
