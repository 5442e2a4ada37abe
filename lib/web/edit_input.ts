import { type Refusal, refuse } from "@/lib/domain/errors.ts";
import type { UserEdit } from "@/lib/domain/users/edit_user.ts";
import { parseForm, parsePartial } from "@/lib/shared/form.ts";
import { parseCrop } from "@/lib/shared/images.ts";
import { profileForm } from "@/lib/shared/profile_form.ts";
import { accountForm, editTargetForm } from "@/lib/shared/user_forms.ts";
import type { FormView } from "./answer.ts";
import type { ApiContext } from "./define.ts";
import { readChange } from "./require_form.ts";

const TEXTS = [
  ...Object.keys({ ...editTargetForm, ...accountForm, ...profileForm }),
  "image_crop",
];

/**
 * Reads `PUT /edit_user`, or says which fields are wrong.
 *
 * @throws the errors of {@linkcode readChange}.
 */
export async function readUserEdit(ctx: ApiContext): Promise<UserEdit | Refusal> {
  const { texts, files } = await readChange(ctx, TEXTS, ["image"]);
  const target = parseForm(editTargetForm, texts);
  const account = parsePartial(accountForm, texts);
  const profile = parsePartial(profileForm, texts);
  if (!target.ok || !account.ok || !profile.ok) {
    const errors = [target, account, profile].map((part) => part.ok ? {} : part.errors);
    return refuse(Object.assign({}, ...errors));
  }
  const file = files.get("image");
  return {
    target: target.value,
    account: changedSince(target.value.before, account.value),
    profile: changedSince(target.value.before, profile.value),
    ...(file && {
      upload: { data: await file.bytes(), crop: parseCrop(texts.get("image_crop") ?? "") },
    }),
  };
}

/** Returns the values that differ from those that the form started from. */
function changedSince<T extends object>(
  before: Readonly<Record<string, string>> = {},
  values: T,
): Partial<T> {
  const changed = Object.entries(values).filter(([name, value]) => before[name] !== value);
  return Object.fromEntries(changed) as Partial<T>;
}

/**
 * Returns what a form shows after a conflict: changed fields as typed, others as they are now,
 * which is also what the form then starts from.
 */
export function valuesAfterConflict(values: FormView["values"]): FormView["values"] {
  const { version: _, before: started = "", ...typed } = values;
  const before = editTargetForm.before.read(started);
  if ("error" in before) return typed;
  const isChanged = ([name, text]: [string, string]) =>
    before.value?.[name] !== text.replace(/\r\n?/g, "\n").trim();
  return Object.fromEntries(Object.entries(typed).filter(isChanged));
}
