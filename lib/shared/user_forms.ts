import {
  choice,
  email,
  foldedText,
  future,
  instant,
  optional,
  password,
  rowId,
  text,
  textRecord,
} from "./fields.ts";
import {
  NOTE_MAX_CHARS,
  PASSWORD_MAX_CHARS,
  STATUS_REASON_MAX_CHARS,
  TAG_MAX_CHARS,
  USERNAME_MAX_CHARS,
  VIEWING_REASON_MAX_CHARS,
} from "./limits.ts";
import { idPageForm } from "./list_forms.ts";
import { username, USERNAME_HINT } from "./names.ts";
import { PROFILE_FIELDS } from "./profile_form.ts";
import { ROLES, STATUSES } from "./users.ts";
import type { UserView } from "./views.ts";

/** The account fields of `PUT /edit_user`. Only admins may change username and role. */
export const accountForm = {
  /** The current name or a new one, which {@linkcode editUser} checks. */
  username: text({
    label: username.label,
    required: true,
    maxLength: USERNAME_MAX_CHARS,
    hint: USERNAME_HINT,
  }),
  email: email({ label: "E-mail address", required: true }),
  role: choice({ label: "Role", options: ROLES }),
};

/** `PUT /view_as`. */
export const viewForm = {
  reason: text({
    label: "Reason",
    maxLength: VIEWING_REASON_MAX_CHARS,
    hint: "For the audit log",
  }),
};

/** The other fields of every `PUT /edit_user`. */
export const editTargetForm = {
  user_id: rowId({ label: "user_id" }),
  version: optional(rowId({ label: "version" })),
  /** The values that the form showed at first, see {@linkcode editBase}. */
  before: optional(textRecord({ label: "before" })),
  /** Users who change their own sign-in address prove who they are. */
  current_password: {
    ...optional(password({ label: "Current password", autocomplete: "current-password" })),
    maxLength: PASSWORD_MAX_CHARS,
  },
  /** `1` removes the avatar. */
  remove_image: optional(choice({ label: "remove_image", options: ["1"] })),
};

/**
 * Returns the values that a form of `PUT /edit_user` starts with. The form sends them too, and an
 * unchanged field counts as absent, so it cannot undo another user's change.
 */
export function editBase(user: UserView): Record<string, string> {
  const account = Object.keys(accountForm) as (keyof typeof accountForm)[];
  const names = [...account, ...PROFILE_FIELDS];
  return {
    ...Object.fromEntries(names.map((name) => [name, user[name]])),
    image: user.image ?? "",
  };
}

/** `PUT /update_status`. */
export const statusForm = {
  user_id: rowId({ label: "user_id" }),
  /** Toggles if absent. */
  status: optional(choice({ label: "Status", options: STATUSES })),
  reason: text({
    label: "Reason",
    maxLength: STATUS_REASON_MAX_CHARS,
    hint: "Admins see it, the user does not",
  }),
  until: future(
    instant({
      label: "Until",
      type: "datetime-local",
      hint: "Left empty, an admin has to end it",
    }),
  ),
};

const TAG_RULE = "Use letters, digits, dots and hyphens only, such as vip or trial-2026";

/** A word by which admins find users. It is folded, as names are when they are compared. */
const tag = text({
  label: "Tag",
  required: true,
  maxLength: TAG_MAX_CHARS,
  pattern: "[\\p{L}\\p{M}\\p{N}._\\-]+",
  rule: TAG_RULE,
  hint: "One word, such as vip or trial-2026",
});

/** What admins write about a user. */
export const labelForm = {
  tag: foldedText(tag),
  note: text({ label: "Note", type: "textarea", required: true, maxLength: NOTE_MAX_CHARS }),
  note_id: rowId({ label: "note_id" }),
};

/** A request that names a user and nothing else. */
export const userIdForm = { user_id: rowId({ label: "user_id" }) };

/** `POST /leave`. */
export const leaveForm = {
  /** The own username, which {@linkcode leave} checks. */
  username: text({
    label: "Type your username",
    required: true,
    maxLength: USERNAME_MAX_CHARS,
    autocomplete: "off",
  }),
  erase: optional(
    choice({ label: "Erase everything at once, so that nobody can bring it back", options: ["1"] }),
  ),
};

/** `POST /invitations`. */
export const inviteForm = {
  email: email({ label: "E-mail address", required: true }),
  /** A plain user if absent. */
  role: optional(choice({ label: "Role", options: ROLES })),
};

/** A request that names an invitation and nothing else. */
export const invitationIdForm = { invitation_id: rowId({ label: "invitation_id" }) };

/** A request that names an e-mail and nothing else. */
export const emailIdForm = { email_id: rowId({ label: "email_id" }) };

/** `GET /user`. */
export const personForm = { ...userIdForm, ...idPageForm };
