import {
  type FieldErrors,
  type Form,
  parseForm,
  type Texts,
  type Values,
} from "@/lib/shared/form.ts";

/** Input that is wrong where there is no form that could come back with it. */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(readonly errors: FieldErrors) {
    super(Object.values(errors).join(". "));
  }
}

/** Reads a form. @throws {InputError} which becomes an answer where errors do. */
export function requireForm<F extends Form>(form: F, texts: Texts): Values<F> {
  const parsed = parseForm(form, texts);
  if (!parsed.ok) throw new InputError(parsed.errors);
  return parsed.value;
}
