import {
  type FieldErrors,
  type Form,
  type Parsed,
  parseForm,
  type Texts,
  type Values,
} from "@/lib/shared/form.ts";
import type { Input } from "./input.ts";

/** Input that is wrong where there is no form that could come back with it. */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(readonly errors: FieldErrors) {
    super(Object.values(errors).join(". "));
  }
}

/** Fields that any form may have besides its own: byFormMethod() and safePath() read them. */
const HELPERS: ReadonlySet<string> = new Set(["_method", "next"]);

/** Reads a form. @throws {InputError} which becomes an answer where errors do. */
export function requireForm<F extends Form>(form: F, texts: Texts): Values<F> {
  return orThrow(parseForm(form, texts));
}

/**
 * Reads a form that changes something of a user.
 *
 * @throws {InputError} like {@linkcode requireKnown}.
 */
export function parseChange<F extends Form>(form: F, input: Input): Parsed<Values<F>> {
  requireKnown(input, Object.keys(form));
  return parseForm(form, input.texts);
}

/** Reads a change like {@linkcode parseChange}. @throws {InputError} also where a field is wrong. */
export function requireChange<F extends Form>(form: F, input: Input): Values<F> {
  return orThrow(parseChange(form, input));
}

/**
 * Refuses fields that are not known, and those of the wrong kind: otherwise a client would be told
 * that they are saved.
 *
 * @throws {InputError} which names them.
 */
export function requireKnown(
  { texts, files }: Input,
  knownTexts: readonly string[],
  knownFiles: readonly string[] = [],
): void {
  const unknownTexts = [...texts.keys()]
    .filter((name) => !HELPERS.has(name) && !knownTexts.includes(name))
    .map((name) => [name, knownFiles.includes(name) ? asFile(name) : unknown(name)]);
  const unknownFiles = [...files.keys()]
    .filter((name) => !knownFiles.includes(name))
    .map((name) => [name, knownTexts.includes(name) ? asText(name) : unknown(name)]);
  const errors = [...unknownTexts, ...unknownFiles];
  if (errors.length > 0) throw new InputError(Object.fromEntries(errors));
}

const asFile = (name: string) => `Send the field "${name}" as a file`;
const asText = (name: string) => `Send the field "${name}" as text`;
const unknown = (name: string) => `There is no field "${name}" here`;

function orThrow<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new InputError(parsed.errors);
  return parsed.value;
}
