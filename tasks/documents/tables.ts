import { LIMITS } from "@/lib/domain/limits.ts";
import { tableOf } from "@/lib/markdown.ts";
import { type ActionName, actionOf, actionsWith, requestForm } from "@/lib/shared/actions.ts";
import { auditExportForm, auditLogForm } from "@/lib/shared/audit_log.ts";
import type { Field, Form } from "@/lib/shared/form.ts";
import { profileForm } from "@/lib/shared/profile_form.ts";
import { importColumnsForm, importIdForm, importStepForm } from "@/lib/shared/user_import.ts";
import {
  acceptInvitationForm,
  addressForm,
  apiKeyForm,
  apiKeysForm,
  changePasswordForm,
  codesStoredForm,
  endAllTrustForm,
  endApiKeyForm,
  endOthersForm,
  endSessionForm,
  endTrustForm,
  loginForm,
  passkeyForm,
  passkeyIdForm,
  registerForm,
  renamePasskeyForm,
  resetForm,
  setUpForm,
  stepUpForm,
  twoFactorForm,
  verifyCodeForm,
} from "@/lib/shared/sign_in_forms.ts";
import {
  accountForm,
  editTargetForm,
  emailIdForm,
  invitationIdForm,
  inviteForm,
  leaveForm,
  personForm,
  statusForm,
  userIdForm,
} from "@/lib/shared/user_forms.ts";
import {
  dashboardForm,
  exportChoiceForm,
  exportUsersForm,
  idPageForm,
  saveViewForm,
  userListForm,
  viewIdForm,
  viewsForm,
} from "@/lib/shared/list_forms.ts";

/** The forms of requests that are no single action. */
const FORMS: Readonly<Record<string, Form>> = {
  "POST /register": registerForm,
  "POST /accept_invitation": acceptInvitationForm,
  "POST /login": loginForm,
  "POST /two_factor": twoFactorForm,
  "POST /two_factor (with a passkey)": passkeyForm,
  "POST /verify_email": verifyCodeForm,
  "POST /forgot_password": addressForm,
  "POST /reset_password": resetForm,
  "POST /change_password": changePasswordForm,
  "POST /step_up": { ...stepUpForm, ...passkeyForm },
  "POST /passkey_login": passkeyForm,
  "POST /passkeys": passkeyForm,
  "PUT /passkeys": renamePasskeyForm,
  "DELETE /passkeys": passkeyIdForm,
  "POST /set_up_two_factor": setUpForm,
  "POST /recovery_codes": codesStoredForm,
  "POST /leave": leaveForm,
  "GET /activity": idPageForm,
  "GET /admin": dashboardForm,
  "DELETE /security": endTrustForm,
  "DELETE /security (all)": endAllTrustForm,
  "DELETE /sessions": endSessionForm,
  "DELETE /sessions (all others)": endOthersForm,
  "GET /api_keys": apiKeysForm,
  "POST /api_keys": apiKeyForm,
  "DELETE /api_keys": endApiKeyForm,
  "PUT /edit_user": { ...editTargetForm, ...accountForm, ...profileForm },
  "PUT /update_status": statusForm,
  "GET /user_list": userListForm,
  "GET /export_users": exportChoiceForm,
  "POST /export_users": exportUsersForm,
  "GET /import_users": importIdForm,
  "PUT /import_users": { ...importStepForm, ...importColumnsForm },
  "DELETE /import_users": importIdForm,
  "GET /refused_rows": importIdForm,
  "GET /audit_log": auditLogForm,
  "POST /audit_log": auditExportForm,
  "GET /emails": idPageForm,
  "POST /emails": emailIdForm,
  "PUT /emails": emailIdForm,
  "DELETE /emails": emailIdForm,
  "GET /invitations": idPageForm,
  "GET /user": personForm,
  "POST /invitations": inviteForm,
  "PUT /invitations": invitationIdForm,
  "DELETE /invitations": invitationIdForm,
  "POST /copy_invitation": invitationIdForm,
  "POST /show_address": userIdForm,
  "GET /user_views": viewsForm,
  "POST /user_views": saveViewForm,
  "DELETE /user_views": viewIdForm,
};

/** All forms by request. */
export function formsByRequest(): Readonly<Record<string, Form>> {
  const ofActions = actionsWith<ActionName>(({ route }) => route !== undefined).map((name) => {
    const { method, path } = actionOf(name).route!;
    return [`${method} ${path}`, requestForm(name)] as const;
  });
  return { ...FORMS, ...Object.fromEntries(ofActions.filter(([request]) => !(request in FORMS))) };
}

/** What each field of each request takes. */
export function fieldsTable(): string {
  const rows = Object.entries(formsByRequest()).flatMap(([request, form]) =>
    Object.entries(form).map(([name, field], index) => [
      index === 0 ? request : "",
      `\`${name}\``,
      field.required ? "yes" : "",
      lengthOf(field),
      field.rule ?? (field.type === "password" ? "any characters" : "any text"),
    ])
  );
  return tableOf(["request", "field", "required", "characters", "what it takes"], rows);
}

function lengthOf({ minLength = 0, maxLength, required }: Field<unknown>): string {
  if (maxLength === undefined) return "";
  return `${Math.max(minLength, required ? 1 : 0)} to ${maxLength}`;
}

/** The rate limits. */
export function limitsTable(): string {
  const rows = Object.values(LIMITS).map(({ what, whose, count, windowSeconds, why }) => [
    what,
    whose,
    `${count} ${spanOf(windowSeconds)}`,
    why,
  ]);
  return tableOf(["what is counted", "of whom", "how many", "why"], rows);
}

const SPANS = [["day", 86_400], ["hour", 3_600], ["minute", 60]] as const;

function spanOf(seconds: number): string {
  const [name, length] = SPANS.find(([, length]) => seconds % length === 0) ?? ["second", 1];
  const count = seconds / length;
  return count === 1 ? `${name === "hour" ? "an" : "a"} ${name}` : `in ${count} ${name}s`;
}

/** The entries of the audit trail. */
export function trailTable(): string {
  const rows = actionsWith<ActionName>(({ trail }) => trail !== undefined).map((name) => [
    `\`${name}\``,
    (actionOf(name).trail ?? "").replace("{actor}", "Ada").replace("{user}", "Grace"),
  ]);
  return tableOf(["action", "as the dashboard shows it"], rows);
}
