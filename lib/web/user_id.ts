import { HttpError } from "fresh";
import { parseForm, type Texts } from "@/lib/shared/form.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";

/** The user that a request names. @throws {HttpError} 400 when it names none. */
export function readUserId(texts: Texts): number {
  const form = parseForm(userIdForm, texts);
  if (!form.ok) throw new HttpError(400, form.errors.user_id);
  return form.value.user_id;
}
