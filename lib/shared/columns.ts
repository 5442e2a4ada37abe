import { columnOf, PROFILE_FIELDS, profileForm } from "./profile_form.ts";
import { accountForm, statusForm } from "./user_forms.ts";

/** Labels of columns that no form has, or not under this name. */
const ACCOUNT_LABELS: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ ...accountForm, status: statusForm.status })
    .map(([name, { label }]) => [name, label] as const),
  ["username_key", accountForm.username.label],
  ["username_look", accountForm.username.label],
  ["email_key", accountForm.email.label],
  ["email_verified_at", accountForm.email.label],
  ["new_email", "New address"],
  ["failed_logins", "Failed sign-ins"],
  ["locked_until", "Lock"],
  ["status_reason", statusForm.reason.label],
  ["suspended_until", statusForm.until.label],
]);

const PROFILE_LABELS: ReadonlyMap<string, string> = new Map(
  PROFILE_FIELDS.map((field) => [columnOf(field), profileForm[field].label]),
);

/** Returns the name that people know for a column of a user or of the profile. */
export function labelOfColumn(part: "account" | "profile", column: string): string {
  const labels = part === "account" ? ACCOUNT_LABELS : PROFILE_LABELS;
  return labels.get(column) ?? column;
}
