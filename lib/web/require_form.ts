import {
  type FieldErrors,
  type Form,
  type Parsed,
  parseForm,
  type Texts,
  type Values,
} from "@/lib/shared/form.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { ApiContext } from "./define.ts";
import { type Input, readInput } from "./input.ts";

/** Bad input where there is no form to show again. */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(readonly errors: FieldErrors) {
    super(Object.values(errors).join(". "));
  }
}

/**
 * Fields that any form may have besides its own: those of `byFormMethod()` and `safePath()`, and
 * the user for whom it was rendered.
 */
const HELPERS: ReadonlySet<string> = new Set(["_method", "next", "viewer_id"]);

/** Reads a form. @throws {InputError} if a field is wrong. */
export function requireForm<F extends Form>(form: F, texts: Texts): Values<F> {
  const parsed = parseForm(form, texts);
  if (!parsed.ok) throw new InputError(parsed.errors);
  return parsed.value;
}

/**
 * Reads a form that changes a user.
 *
 * @throws the errors of {@linkcode readChange}.
 */
export async function parseChange<F extends Form>(
  ctx: ApiContext,
  form: F,
): Promise<Parsed<Values<F>>> {
  const { texts } = await readChange(ctx, Object.keys(form));
  return parseForm(form, texts);
}

/**
 * The same where there is no form to show again.
 *
 * @throws the errors of {@linkcode readChange}, and {@linkcode InputError} if a field is wrong.
 */
export async function requireChange<F extends Form>(
  ctx: ApiContext,
  form: F,
): Promise<Values<F>> {
  const { texts } = await readChange(ctx, Object.keys(form));
  return requireForm(form, texts);
}

/**
 * Reads the fields of a change.
 *
 * @throws {InputError} for unknown fields and fields of the wrong kind. Ignoring them would make a
 * client believe that they were saved.
 * @throws {DomainError} `other_viewer` if the form was rendered for another user, who was signed in
 * before.
 */
export async function readChange(
  ctx: ApiContext,
  knownTexts: readonly string[],
  knownFiles: readonly string[] = [],
): Promise<Input> {
  const input = await readInput(ctx);
  const viewerId = input.texts.get("viewer_id") ?? String(ctx.state.viewer.user_id);
  if (viewerId !== String(ctx.state.viewer.user_id)) throw new DomainError("other_viewer");
  const unknownTexts = [...input.texts.keys()]
    .filter((name) => !HELPERS.has(name) && !knownTexts.includes(name))
    .map((name) => [name, knownFiles.includes(name) ? asFile(name) : unknown(name)]);
  const unknownFiles = [...input.files.keys()]
    .filter((name) => !knownFiles.includes(name))
    .map((name) => [name, knownTexts.includes(name) ? asText(name) : unknown(name)]);
  const errors = [...unknownTexts, ...unknownFiles];
  if (errors.length > 0) throw new InputError(Object.fromEntries(errors));
  return input;
}

const asFile = (name: string) => `Send the field "${name}" as a file`;
const asText = (name: string) => `Send the field "${name}" as text`;
const unknown = (name: string) => `There is no field "${name}" here`;
