import {
  type FieldErrors,
  type Form,
  type Parsed,
  parseForm,
  type Texts,
  type Values,
} from "@/lib/shared/form.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { SignedInContext } from "./define.ts";
import { type Input, readInput } from "./input.ts";

/** Input that is wrong where there is no form that could come back with it. */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(readonly errors: FieldErrors) {
    super(Object.values(errors).join(". "));
  }
}

/**
 * Fields that any form may have besides its own: what `byFormMethod()` and `safePath()` read, and
 * for whom the form was made.
 */
const HELPERS: ReadonlySet<string> = new Set(["_method", "next", "viewer_id"]);

/** Reads a form. @throws {InputError} which becomes an answer where errors do. */
export function requireForm<F extends Form>(form: F, texts: Texts): Values<F> {
  const parsed = parseForm(form, texts);
  if (!parsed.ok) throw new InputError(parsed.errors);
  return parsed.value;
}

/**
 * Reads a form that changes something of a user.
 *
 * @throws what {@linkcode readChange} throws.
 */
export async function parseChange<F extends Form>(
  ctx: SignedInContext,
  form: F,
): Promise<Parsed<Values<F>>> {
  const { texts } = await readChange(ctx, Object.keys(form));
  return parseForm(form, texts);
}

/**
 * Reads the fields of a change.
 *
 * @throws {InputError} for fields that are not known or of the wrong kind, by name: otherwise a
 * client would be told that they are saved.
 * @throws {DomainError} `other_viewer` for the form of somebody else, who was signed in before.
 */
export async function readChange(
  ctx: SignedInContext,
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
