import {
  choice,
  email,
  foldedText,
  future,
  instant,
  oneTimeCode,
  optional,
  password,
  rowId,
  text,
  textRecord,
  wholeNumber,
} from "./fields.ts";
import { API_KEY_MAX_DAYS, SCOPES } from "./api_keys.ts";
import {
  API_KEY_NAME_MAX_CHARS,
  CURSOR_MAX_CHARS,
  EMAIL_MAX_CHARS,
  NOTE_MAX_CHARS,
  PAGE_SIZE_MAX,
  PASSKEY_ANSWER_MAX_CHARS,
  PASSKEY_NAME_MAX_CHARS,
  PASSWORD_MAX_CHARS,
  SEARCH_MAX_CHARS,
  STATUS_REASON_MAX_CHARS,
  TAG_MAX_CHARS,
  USERNAME_MAX_CHARS,
  VIEW_NAME_MAX_CHARS,
  VIEW_QUERY_MAX_CHARS,
  VIEWING_REASON_MAX_CHARS,
} from "./limits.ts";
import { username, USERNAME_HINT } from "./names.ts";
import { PROFILE_FIELDS } from "./profile_form.ts";
import { TRUSTED_BROWSER_DAYS } from "./second_factor.ts";
import { hiddenColumnFields, USER_DENSITIES, USER_SORTS, userFilterFields } from "./user_list.ts";
import { ROLES, STATUSES } from "./users.ts";
import type { UserView } from "./views.ts";

/** `POST /register`. */
export const registerForm = {
  username,
  email: email({ label: "E-mail address", required: true }),
  password: password({ label: "Password", autocomplete: "new-password" }),
  password2: password({ label: "Password again", autocomplete: "new-password" }),
};

/**
 * A field of `POST /register` that only programs fill in. Browsers and password managers know no
 * such name.
 */
export const TRAP = "subject";

/** `POST /accept_invitation`. */
export const acceptInvitationForm = {
  username,
  password: registerForm.password,
  password2: registerForm.password2,
  /** Another address than the invited one is refused. */
  email: optional(email({ label: "E-mail address" })),
};

/** `POST /login`. Accepts names that only older rules allowed. */
export const loginForm = {
  username: text({
    label: "Username or e-mail address",
    required: true,
    maxLength: EMAIL_MAX_CHARS,
    autocomplete: "username",
  }),
  password: password({ label: "Password", autocomplete: "current-password" }),
  stay: optional(choice({ label: "Stay signed in", options: ["1"] })),
};

/** `POST /verify_email` with the code of an e-mail instead of its link. */
export const verifyCodeForm = {
  email: email({ label: "E-mail address", required: true }),
  code: oneTimeCode({ label: "Code" }),
};

/** A code of an authenticator. */
const totpCode = oneTimeCode({ label: "Code of your authenticator", maxLength: 40 });

/** `POST /two_factor`. It takes a recovery code, too. */
export const twoFactorForm = {
  code: totpCode,
  trust: optional(choice({
    label: `Do not ask for a code in this browser for ${TRUSTED_BROWSER_DAYS} days`,
    options: ["1"],
  })),
  stay: loginForm.stay,
};

/** `POST /step_up`: one of them, depending on what the user has to prove. */
export const stepUpForm = {
  password: optional(password({ label: "Password", autocomplete: "current-password" })),
  code: optional(totpCode),
};

/**
 * What a browser answers for a passkey, as JSON. The same request without it asks what the passkey
 * has to sign.
 */
export const passkeyForm = {
  credential: text({ label: "credential", type: "hidden", maxLength: PASSKEY_ANSWER_MAX_CHARS }),
};

/** `DELETE /passkeys`. */
export const passkeyIdForm = { passkey_id: rowId({ label: "passkey_id" }) };

/** `PUT /passkeys`. */
export const renamePasskeyForm = {
  ...passkeyIdForm,
  name: text({ label: "Name", required: true, maxLength: PASSKEY_NAME_MAX_CHARS }),
};

/** `POST /set_up_two_factor` with the code that proves the authenticator. */
export const setUpForm = { code: totpCode };

/** `POST /recovery_codes` from somebody who has stored the codes. */
export const codesStoredForm = {
  stored: choice({ label: "I have stored them", options: ["1"] }),
};

/** `POST /forgot_password`, and asking for another e-mail at `/verify_email`. */
export const addressForm = { email: email({ label: "E-mail address", required: true }) };

/** A new password, typed twice. */
export const resetPasswordForm = {
  password: password({ label: "New password", autocomplete: "new-password" }),
  password2: password({ label: "New password again", autocomplete: "new-password" }),
};

/** The whole form of `POST /reset_password`. */
export const resetForm = {
  ...resetPasswordForm,
  end_api_keys: optional(choice({ label: "End my API keys, too", options: ["1"] })),
};

/** `POST /change_password`. */
export const changePasswordForm = {
  current_password: password({ label: "Current password", autocomplete: "current-password" }),
  ...resetPasswordForm,
};

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

/** `GET /activity`, `GET /invitations` and `GET /emails`. */
export const idPageForm = {
  after: optional(rowId({ label: "after" })),
  before: optional(rowId({ label: "before" })),
};

/** `GET /admin`. */
export const dashboardForm = { by: optional(choice({ label: "By", options: ["day", "week"] })) };

/** `GET /user`. */
export const personForm = { ...userIdForm, ...idPageForm };

/** `DELETE /sessions` for one session. */
export const endSessionForm = { session_id: rowId({ label: "session_id" }) };

/** `DELETE /security`: asks for a code again in a trusted browser. */
export const endTrustForm = { browser_id: rowId({ label: "browser_id" }) };

/** `DELETE /security` for all trusted browsers. */
export const endAllTrustForm = { browsers: choice({ label: "browsers", options: ["all"] }) };

/** `DELETE /sessions` for all except the current one. */
export const endOthersForm = { others: choice({ label: "others", options: ["1"] }) };

/** Lives of new API keys, in days. */
const API_KEY_DAYS = ["7", "30", "90", "180", String(API_KEY_MAX_DAYS)] as const;

/** `POST /api_keys`. Each scope is a field of its name. */
export const apiKeyForm = {
  name: text({
    label: "Name",
    required: true,
    maxLength: API_KEY_NAME_MAX_CHARS,
    hint: "Such as the program that uses it",
  }),
  "self": optional(choice({ label: SCOPES["self"].label, options: ["1"] })),
  "users:read": optional(choice({ label: SCOPES["users:read"].label, options: ["1"] })),
  "users:write": optional(choice({ label: SCOPES["users:write"].label, options: ["1"] })),
  days: choice({ label: "Ends after", options: API_KEY_DAYS }),
};

/** `GET /api_keys`. Without the user it is about the own keys. */
export const apiKeysForm = { user_id: optional(rowId({ label: "user_id" })) };

/** `DELETE /api_keys`. */
export const endApiKeyForm = { ...apiKeysForm, key_id: rowId({ label: "key_id" }) };

/** Returns an error if the two passwords differ. */
export function passwordMismatch(
  values: { readonly password: string; readonly password2: string },
): Record<string, string> | undefined {
  return values.password === values.password2
    ? undefined
    : { password2: "The two passwords differ" };
}

/** The search box. Browsers paste lines as words, and others may send them. */
const search = text({ label: "Search", maxLength: SEARCH_MAX_CHARS });

/** `GET /user_list`. */
export const userListForm = {
  q: { ...search, read: (sent: string) => search.read(sent.replace(/\s+/g, " ")) },
  ...userFilterFields,
  sort: optional(choice({ label: "Sort", options: USER_SORTS })),
  density: optional(choice({ label: "Density", options: USER_DENSITIES })),
  ...hiddenColumnFields,
  limit: optional(wholeNumber({ label: "Limit", min: 1, max: PAGE_SIZE_MAX })),
  after: optional(text({ label: "After", maxLength: CURSOR_MAX_CHARS })),
  before: optional(text({ label: "Before", maxLength: CURSOR_MAX_CHARS })),
};

const viewQuery = text({ label: "query", maxLength: VIEW_QUERY_MAX_CHARS });

/** `GET /user_views`: the query to save, if one is. */
export const viewsForm = {
  query: { ...optional(viewQuery), read: (sent: string) => ({ value: sent || undefined }) },
};

/** `POST /user_views`. */
export const saveViewForm = {
  name: text({ label: "Name of the view", required: true, maxLength: VIEW_NAME_MAX_CHARS }),
  query: viewQuery,
};

/** `DELETE /user_views`. */
export const viewIdForm = { view_id: rowId({ label: "view_id" }) };

/** `GET /export_users`: which users, and in which order. */
export const exportChoiceForm = {
  q: userListForm.q,
  ...userFilterFields,
  sort: userListForm.sort,
};

/** `POST /export_users`. */
export const exportUsersForm = {
  ...exportChoiceForm,
  separator: optional(choice({ label: "Between cells", options: [",", ";"] })),
  bom: optional(choice({ label: "Begin with a byte order mark", options: ["1"] })),
};
