import { CONTROL_CHARACTERS } from "@/lib/shared/fields.ts";
import type { Field } from "@/lib/shared/form.ts";
import { profileForm } from "@/lib/shared/user_forms.ts";
import { cellOf, type Cells, remarksOnTexts, textOf } from "./cells.ts";
import { findPhoto, type Photo } from "./photo.ts";

/** Texts of a profile, as in `user_profiles`. */
export interface ProfileTexts {
  readonly full_name: string;
  readonly bio: string;
  readonly address: string;
  readonly zipcode: string;
  readonly phone: string;
  readonly email: string;
  readonly website: string;
}

/** An imported profile, with remarks on what was changed. */
export interface TakenProfile {
  readonly texts: ProfileTexts;
  readonly photo: Photo;
  readonly remarks: readonly string[];
}

const TEXT_COLUMNS = "full_name bio address zipcode phone email website service".split(" ");

/**
 * Reads a profile. Markup stays plain text. Text that is too long is cut, and invalid text is
 * dropped. A remark repeats what is lost.
 *
 * @param accountEmail replaces a missing contact address
 */
export function takeProfile(cells: Cells, accountEmail: string): TakenProfile {
  const remarks = remarksOnTexts(cells, TEXT_COLUMNS);
  const read = (name: keyof ProfileTexts, field: Field<string>) => {
    const { value, remark } = fitText(name, field, textOf(cellOf(cells, name)));
    if (remark !== undefined) remarks.push(remark);
    return value;
  };
  const texts = {
    full_name: read("full_name", profileForm.full_name),
    bio: read("bio", profileForm.bio),
    address: read("address", profileForm.address),
    zipcode: read("zipcode", profileForm.zipcode),
    phone: read("phone", profileForm.phone),
    email: keepOrDrop("email", profileForm.contact_email, cells, remarks) || accountEmail,
    website: keepOrDrop("website", profileForm.website, cells, remarks),
  };
  const photo = findPhoto(cellOf(cells, "image"));
  if (photo.kind === "elsewhere") {
    remarks.push(`image: ${quote(photo.path)} is a file of the old server and was not imported`);
  }
  return { texts, photo, remarks };
}

/** Reads a text. Control characters become spaces, and long text is cut. */
function fitText(
  name: string,
  field: Field<string>,
  text: string,
): { value: string; remark?: string } {
  const checked = field.read(text);
  if ("value" in checked) return checked;
  const forbidden = CONTROL_CHARACTERS[field.type === "textarea" ? "lines" : "line"];
  const clean = text.toWellFormed().replace(/\r\n?/g, "\n")
    .replace(new RegExp(forbidden, "gv"), " ").trim().normalize("NFC");
  const characters = [...clean];
  const maxLength = field.maxLength ?? characters.length;
  const value = characters.slice(0, maxLength).join("").trim();
  const unfit = field.read(value);
  if ("error" in unfit) {
    return { value: "", remark: `${name}: dropped ${quote(text)} (${unfit.error})` };
  }
  if (characters.length <= maxLength) {
    return { value, remark: `${name}: control characters became spaces` };
  }
  const lost = characters.slice(maxLength).join("");
  return { value, remark: `${name}: cut to ${maxLength} characters, without ${quote(lost)}` };
}

/** Reads an e-mail or web address, which is never cut but dropped if invalid. */
function keepOrDrop(
  name: "email" | "website",
  field: Field<string>,
  cells: Cells,
  remarks: string[],
): string {
  const text = textOf(
    name === "website" ? cellOf(cells, "website", "service") : cellOf(cells, name),
  );
  const checked = field.read(text);
  if ("value" in checked) return checked.value;
  remarks.push(`${name}: dropped ${quote(text)} (${checked.error})`);
  return "";
}

function quote(text: string): string {
  return JSON.stringify(text);
}
