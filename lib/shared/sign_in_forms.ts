import { API_KEY_MAX_DAYS, SCOPES } from "./api_keys.ts";
import { choice, email, oneTimeCode, optional, password, rowId, text } from "./fields.ts";
import {
  API_KEY_NAME_MAX_CHARS,
  EMAIL_MAX_CHARS,
  PASSKEY_ANSWER_MAX_CHARS,
  PASSKEY_NAME_MAX_CHARS,
} from "./limits.ts";
import { username } from "./names.ts";
import { TRUSTED_BROWSER_DAYS } from "./second_factor.ts";

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
