import { type Refusal, refuse } from "@/lib/domain/errors.ts";
import type { UserEdit } from "@/lib/domain/edit_user.ts";
import { parseForm, parsePartial } from "@/lib/shared/form.ts";
import { parseCrop } from "@/lib/shared/images.ts";
import { accountForm, editTargetForm, profileForm } from "@/lib/shared/user_forms.ts";
import type { Input } from "./input.ts";
import { requireKnown } from "./require_form.ts";

const TEXTS = [
  ...Object.keys({ ...editTargetForm, ...accountForm, ...profileForm }),
  "image_crop",
];

/** Reads `PUT /edit_user`, or says which fields are wrong. @throws {InputError} for unknown ones. */
export async function readUserEdit(input: Input): Promise<UserEdit | Refusal> {
  requireKnown(input, TEXTS, ["image"]);
  const { texts, files } = input;
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
    account: account.value,
    profile: profile.value,
    ...(file && {
      upload: { data: await file.bytes(), crop: parseCrop(texts.get("image_crop") ?? "") },
    }),
  };
}
