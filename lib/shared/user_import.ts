import { choice, optional, rowId, text, wholeNumber } from "./fields.ts";
import type { Field, Form } from "./form.ts";
import { IMPORT_COLUMNS_MAX } from "./limits.ts";
import { profileForm } from "./profile_form.ts";
import { accountForm } from "./user_forms.ts";
import { registerForm } from "./sign_in_forms.ts";
import { ROLES, STATUSES } from "./users.ts";

/** The longest hash of a password, see lib/crypto/foreign_hash.ts. */
const HASH_MAX_CHARS = 400;

/** The fields of an account or profile that a column can be. */
export const IMPORT_FIELDS = {
  email: registerForm.email,
  /** A user who is here may have a name that is too short by now. */
  username: accountForm.username,
  role: optional(choice({ label: "Role", options: ROLES })),
  status: optional(choice({ label: "Status", options: STATUSES })),
  ...profileForm,
  password_hash: text({ label: "Password hash", maxLength: HASH_MAX_CHARS }),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

/** Names a field of an import. */
export type ImportField = keyof typeof IMPORT_FIELDS;

export const IMPORT_FIELD_NAMES = Object.keys(IMPORT_FIELDS) as readonly ImportField[];

/** The column of each field that the file has, counted from 0. */
export type ImportColumns = { readonly [Name in ImportField]?: number };

/** Words that name a field in headers, besides its own name and label. */
const OTHER_NAMES: { readonly [Name in ImportField]?: readonly string[] } = {
  email: ["mail", "emailaddress", "email address"],
  username: ["user", "login", "user name", "name of user"],
  full_name: ["name", "display name"],
  contact_email: ["profile_email"],
  phone: ["telephone", "mobile", "tel"],
  website: ["url", "web", "service"],
  address: ["street"],
  zipcode: ["zip", "postcode", "postal code"],
  bio: ["description", "about me"],
  password_hash: ["password", "hash"],
};

/** Guesses by their names which columns are which fields. */
export function guessColumns(header: readonly string[]): ImportColumns {
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gv, "");
  const names = header.map(plain);
  const found = IMPORT_FIELD_NAMES.flatMap((field) => {
    const words = [field, IMPORT_FIELDS[field].label, ...OTHER_NAMES[field] ?? []];
    const index = words.map((word) => names.indexOf(plain(word))).find((at) => at >= 0);
    return index === undefined ? [] : [[field, index] as const];
  });
  // A column is one field: the first that wants it.
  const taken = new Set<number>();
  return Object.fromEntries(
    found.filter(([, index]) => !taken.has(index) && taken.add(index)),
  );
}

/** A request about one import. */
export const importIdForm = { import_id: rowId({ label: "import_id" }) };

const column = (field: ImportField) =>
  optional(wholeNumber({ label: IMPORT_FIELDS[field].label, min: 0, max: IMPORT_COLUMNS_MAX - 1 }));

/** `PUT /import_users`: what is to be done next. */
export const importStepForm = {
  ...importIdForm,
  step: choice({ label: "step", options: ["check", "start", "invite"] }),
};

/** The fields of the step `check`: the number of the column of each field. */
export const importColumnsForm = Object.fromEntries(
  IMPORT_FIELD_NAMES.map((field) => [field, column(field)]),
) as Record<ImportField, Field<number | undefined>> satisfies Form;
