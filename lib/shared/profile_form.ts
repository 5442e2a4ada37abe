import { email, text, website } from "./fields.ts";
import type { Values } from "./form.ts";
import { ADDRESS_MAX_CHARS, BIO_MAX_CHARS, PHONE_MAX_CHARS, ZIPCODE_MAX_CHARS } from "./limits.ts";
import { fullName } from "./names.ts";

/**
 * The fields of a profile, in the order of forms and pages. `PUT /edit_user` reads them, and views,
 * pages, snapshots of deleted users and the import contain them all.
 */
export const profileForm = {
  full_name: fullName,
  contact_email: email({ label: "Contact e-mail" }),
  phone: text({
    label: "Phone",
    type: "tel",
    maxLength: PHONE_MAX_CHARS,
    pattern: "[\\d +\\-\\(\\).\\/x]*",
    rule: "Use digits, spaces and + - ( ) . / x in the phone number",
    autocomplete: "tel",
  }),
  website: website({ label: "Website" }),
  address: text({
    label: "Postal address",
    type: "textarea",
    maxLength: ADDRESS_MAX_CHARS,
    autocomplete: "street-address",
  }),
  zipcode: text({
    label: "Zip code",
    maxLength: ZIPCODE_MAX_CHARS,
    pattern: "[\\p{L}\\p{M}\\p{Nd} \\-]*",
    rule: "Use letters, digits, spaces and hyphens in the zip code",
    autocomplete: "postal-code",
  }),
  bio: text({ label: "About", type: "textarea", maxLength: BIO_MAX_CHARS }),
};

/** Names a field of the profile. */
export type ProfileField = keyof typeof profileForm;

/** The texts of a profile by field. */
export type ProfileValues = Readonly<Values<typeof profileForm>>;

/** All fields of the profile, in order. */
export const PROFILE_FIELDS = Object.keys(profileForm) as readonly ProfileField[];

/** Names a column of `user_profiles` that stores a field. */
export type ProfileColumn = Exclude<ProfileField, "contact_email"> | "email";

/** Returns the column of a field. It has the field's name, except for the address. */
export function columnOf(field: ProfileField): ProfileColumn {
  return field === "contact_email" ? "email" : field;
}

/** Makes a value for each column from its field. */
export function profileColumns<T>(make: (field: ProfileField) => T): Record<ProfileColumn, T> {
  const entries = PROFILE_FIELDS.map((field) => [columnOf(field), make(field)]);
  return Object.fromEntries(entries);
}
