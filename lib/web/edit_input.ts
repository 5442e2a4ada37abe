import { type Refusal, refuse } from "@/lib/domain/errors.ts";
import type { UserEdit } from "@/lib/domain/edit_user.ts";
import { parseForm, parsePartial } from "@/lib/shared/form.ts";
import { parseCrop } from "@/lib/shared/images.ts";
import { accountForm, editTargetForm, profileForm } from "@/lib/shared/user_forms.ts";
import type { Input } from "./input.ts";

/** Reads `PUT /edit_user`, or says which fields are wrong. */
export async function readUserEdit({ texts, files }: Input): Promise<UserEdit | Refusal> {
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
