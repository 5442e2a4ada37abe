import { CONTROL_CHARACTERS } from "@/lib/shared/fields.ts";
import type { Field } from "@/lib/shared/form.ts";
import {
  columnOf,
  PROFILE_FIELDS,
  type ProfileColumn,
  profileColumns,
  type ProfileField,
  profileForm,
} from "@/lib/shared/profile_form.ts";
import { cellOf, type Cells, remarksOnTexts, textOf } from "./cells.ts";
import { findPhoto, type Photo } from "./photo.ts";

/** Texts of a profile, as in `user_profiles`. */
export type ProfileTexts = Readonly<Record<ProfileColumn, string>>;

/** An imported profile, with remarks on what was changed. */
export interface TakenProfile {
  readonly texts: ProfileTexts;
  readonly photo: Photo;
  readonly remarks: readonly string[];
}

/** Columns that hold the text of a field in some installations. */
const OTHER_NAMES: Partial<Record<ProfileField, string>> = { website: "service" };

/** The columns that a source may have for the texts of a profile. */
export const TEXT_COLUMNS: readonly string[] = [
  ...PROFILE_FIELDS.map(columnOf),
  ...Object.values(OTHER_NAMES),
];

/**
 * Reads a profile. Markup stays plain text. Text that is too long is cut, and invalid text is
 * dropped. A remark repeats what is lost.
 *
 * @param accountEmail replaces a missing contact address
 */
export function takeProfile(cells: Cells, accountEmail: string): TakenProfile {
  const remarks = remarksOnTexts(cells, TEXT_COLUMNS);
  const texts = profileColumns((field) => {
    const cell = cellOf(cells, ...[columnOf(field), OTHER_NAMES[field] ?? []].flat());
    const { value, remark } = fitText(columnOf(field), profileForm[field], textOf(cell));
    if (remark !== undefined) remarks.push(remark);
    return value;
  });
  const photo = findPhoto(cellOf(cells, "image"));
  if (photo.kind === "elsewhere") {
    remarks.push(`image: ${quote(photo.path)} is a file of the old server and was not imported`);
  }
  return { texts: { ...texts, email: texts.email || accountEmail }, photo, remarks };
}

/**
 * Reads a text. Control characters become spaces, and long text is cut. An invalid e-mail or web
 * address is dropped.
 */
function fitText(
  name: string,
  field: Field<string>,
  text: string,
): { value: string; remark?: string } {
  const checked = field.read(text);
  if ("value" in checked) return checked;
  const dropped = (error: string) => ({
    value: "",
    remark: `${name}: dropped ${quote(text)} (${error})`,
  });
  if (field.type === "email" || field.type === "url") return dropped(checked.error);
  const forbidden = CONTROL_CHARACTERS[field.type === "textarea" ? "lines" : "line"];
  const clean = text.toWellFormed().replace(/\r\n?/g, "\n")
    .replace(new RegExp(forbidden, "gv"), " ").trim().normalize("NFC");
  const characters = [...clean];
  const maxLength = field.maxLength ?? characters.length;
  const value = characters.slice(0, maxLength).join("").trim();
  const unfit = field.read(value);
  if ("error" in unfit) return dropped(unfit.error);
  if (characters.length <= maxLength) {
    return { value, remark: `${name}: control characters became spaces` };
  }
  const lost = characters.slice(maxLength).join("");
  return { value, remark: `${name}: cut to ${maxLength} characters, without ${quote(lost)}` };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
