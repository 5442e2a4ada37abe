import { asciiAddress, foldKey } from "./fold.ts";
import type { Checked, Field } from "./form.ts";
import { parseInstant } from "./instant.ts";
import { EMAIL_MAX_CHARS, PASSWORD_MAX_CHARS, WEBSITE_MAX_CHARS } from "./limits.ts";
import { CODE_LENGTH, plainCode } from "./one_time.ts";

interface TextOptions {
  readonly label: string;
  readonly required?: true;
  readonly type?: Field<string>["type"];
  readonly minLength?: number;
  readonly maxLength: number;
  readonly pattern?: string;
  /** The message if the pattern does not match. */
  readonly rule?: string;
  /** Returns what else is wrong with a text that is not empty. */
  readonly check?: (value: string) => string | undefined;
  readonly autocomplete?: string;
  readonly hint?: string;
}

/** NFC combines at most this many UTF-16 units to one character, so a longer text cannot fit. */
const UNITS_PER_CHARACTER = 8;

/**
 * More marks on one letter than any language has. Such a text must not be composed: NFC sorts the
 * marks, and the time grows with the square of their number.
 *
 * @see https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
 */
const TOO_MANY_MARKS = /\p{M}{31}/v;

/** Declares a text, which is trimmed and composed (NFC). Control characters are refused. */
export function text(options: TextOptions): Field<string> {
  const { check, required = false, type = "text", ...rest } = options;
  const matches = options.pattern && new RegExp(`^(?:${options.pattern})$`, "v");
  return {
    ...rest,
    type,
    required,
    read: (sent) => {
      const typed = sent.replace(/\r\n?/g, "\n").trim();
      if (typed.length > options.maxLength * UNITS_PER_CHARACTER) {
        return { error: lengthFault(options, typed.length) };
      }
      if (TOO_MANY_MARKS.test(typed)) return { error: "Use fewer accents on one letter" };
      const value = typed.normalize("NFC");
      const error = required && value === ""
        ? `Enter the ${lowerFirst(options.label)}`
        : controlError(value, type === "textarea") ?? (value && lengthError(value, options)) ??
          (value && matches && !matches.test(value) ? options.rule : undefined) ??
          (value && check ? check(value) : undefined);
      return error ? { error } : { value };
    },
  };
}

/**
 * Declares an e-mail address. Its domain has a dot and may be international.
 *
 * @see https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
 */
export function email(options: { label: string; required?: true; hint?: string }): Field<string> {
  return text({
    ...options,
    type: "email",
    maxLength: EMAIL_MAX_CHARS,
    pattern: EMAIL_PATTERN,
    rule: NO_EMAIL,
    check: (value) => {
      const address = asciiAddress(value);
      return address.length <= EMAIL_MAX_CHARS && ASCII_EMAIL.test(address) ? undefined : NO_EMAIL;
    },
    autocomplete: "email",
  });
}

const NO_EMAIL = "Enter an address such as name@example.com";
const LOCAL_PART = "[A-Za-z0-9.!#$%&'*+\\/=?^_\\`\\{\\|\\}~\\-]{1,64}";
const ANY_LABEL = "[\\p{L}\\p{M}\\p{N}\\-]+";
const EMAIL_PATTERN = `${LOCAL_PART}@${ANY_LABEL}(?:[.。．｡]${ANY_LABEL})+`;
const ASCII_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?";
const ASCII_EMAIL = new RegExp(`^${LOCAL_PART}@${ASCII_LABEL}(?:\\.${ASCII_LABEL})+$`, "v");

/** Declares the same field, whose text is folded by {@linkcode foldKey}. */
export function foldedText(field: Field<string>): Field<string> {
  return {
    ...field,
    read: (sent) => {
      const checked = field.read(sent);
      // Again: a folded text may be longer, and have other characters.
      return "error" in checked ? checked : field.read(foldKey(checked.value));
    },
  };
}

/** A code that works once, see {@linkcode readableCode}. */
export function oneTimeCode(
  options: { label: string; maxLength?: number; hint?: string },
): Field<string> {
  const field = text({
    maxLength: 2 * CODE_LENGTH,
    ...options,
    required: true,
    autocomplete: "one-time-code",
  });
  return {
    ...field,
    read: (sent) => {
      const checked = field.read(sent);
      return "error" in checked ? checked : { value: plainCode(checked.value) };
    },
  };
}

/** Declares a web address. Others, such as `javascript:`, could run code when somebody clicks. */
export function website(options: { label: string }): Field<string> {
  const field = text({
    ...options,
    type: "url",
    maxLength: WEBSITE_MAX_CHARS,
    autocomplete: "url",
  });
  const rule = "Enter a web address that starts with https:// or http://";
  return {
    ...field,
    rule,
    read: (sent) => {
      const checked = field.read(sent);
      if ("error" in checked || checked.value === "") return checked;
      return isWebAddress(checked.value) ? checked : { error: rule };
    },
  };
}

/** Whether a text is an absolute http or https URL without a username or password. */
export function isWebAddress(value: string): boolean {
  const url = /^https?:\/\//i.test(value) ? URL.parse(value) : null;
  return url !== null && url.username === "" && url.password === "" && !/\s/.test(value);
}

/** Declares a password, which is neither trimmed nor normalised nor cut. */
export function password(
  options: { label: string; autocomplete: "current-password" | "new-password"; hint?: string },
): Field<string> {
  return {
    ...options,
    type: "password",
    required: true,
    maxLength: PASSWORD_MAX_CHARS,
    read: (value) => {
      if (value === "") return { error: `Enter the ${lowerFirst(options.label)}` };
      const error = lengthError(value, { ...options, maxLength: PASSWORD_MAX_CHARS });
      return error ? { error } : { value };
    },
  };
}

/** Declares one of a few words. */
export function choice<const T extends string>(
  options: { label: string; options: readonly T[] },
): Field<T> {
  const rule = `Choose one of ${options.options.join(", ")}`;
  return {
    ...options,
    type: "select",
    required: true,
    rule,
    read: (sent) => {
      const value = options.options.find((option) => option === sent.trim());
      return value === undefined ? { error: rule } : { value };
    },
  };
}

/** Declares a whole number in a range. */
export function wholeNumber(
  { label, min, max }: { label: string; min: number; max: number },
): Field<number> {
  const rule = `${label} must be a whole number from ${min} to ${max}`;
  return {
    label,
    type: "text",
    required: true,
    rule,
    read: (sent) => {
      const value = /^\d{1,16}$/.test(sent) ? Number(sent) : NaN;
      return value >= min && value <= max ? { value } : { error: rule };
    },
  };
}

/** Declares the number of a row, 1 to 2⁵³ − 1. */
export function rowId({ label }: { label: string }): Field<number> {
  return { ...wholeNumber({ label, min: 1, max: Number.MAX_SAFE_INTEGER }), type: "hidden" };
}

/** Declares a point in time, or nothing: see {@linkcode parseInstant}. */
export function instant(
  options: { label: string; type?: Field<unknown>["type"]; hint?: string },
): Field<Date | undefined> {
  const rule = `${options.label} must be a time such as 2030-01-31T12:00Z`;
  return {
    type: "text",
    ...options,
    required: false,
    rule,
    read: (sent) => {
      const value = sent.trim();
      const time = parseInstant(value);
      return value === "" || time ? { value: time } : { error: rule };
    },
  };
}

/** Declares texts by name, as a JSON object. */
export function textRecord({ label }: { label: string }): Field<Readonly<Record<string, string>>> {
  const rule = `${label} must be a JSON object of strings`;
  return {
    label,
    type: "hidden",
    required: true,
    rule,
    read: (sent) => {
      const value = parseJson(sent);
      return typeof value === "object" && value !== null && !Array.isArray(value) &&
          Object.values(value).every((text) => typeof text === "string")
        ? { value: value as Record<string, string> }
        : { error: rule };
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a time refuse the past. */
export function future(field: Field<Date | undefined>): Field<Date | undefined> {
  return {
    ...field,
    read: (sent) => {
      const checked = field.read(sent);
      const isPast = "value" in checked && checked.value && checked.value.getTime() <= Date.now();
      return isPast ? { error: `${field.label} must lie in the future` } : checked;
    },
  };
}

/** Makes a field optional: absent or empty is `undefined`. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    ...field,
    required: false,
    read: (sent): Checked<T | undefined> => sent === "" ? { value: undefined } : field.read(sent),
  };
}

function lengthError(
  value: string,
  limits: { label: string; minLength?: number; maxLength: number },
): string | undefined {
  const { label, minLength = 0, maxLength } = limits;
  const length = [...value].length;
  if (length > maxLength) return lengthFault(limits, length);
  if (length < minLength) return `${label} needs at least ${minLength} characters`;
}

function lengthFault(
  { label, maxLength }: { label: string; maxLength: number },
  length: number,
): string {
  return `${label} has ${length} characters, at most ${maxLength} fit`;
}

/**
 * Characters that no text may have: control characters, and those that change the direction of the
 * text after them. With these, a name could look like another one, or like a part of the page.
 *
 * @see https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
 */
export const CONTROL_CHARACTERS = {
  line: /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/v,
  lines: /[[\p{Cc}\u202A-\u202E\u2066-\u2069]--[\n\t]]+/v,
};

function controlError(value: string, multiline: boolean): string | undefined {
  const forbidden = CONTROL_CHARACTERS[multiline ? "lines" : "line"];
  if (forbidden.test(value)) return "Remove the control characters";
  // A lone surrogate is half a character, which UTF-8 and the database cannot store.
  if (!value.isWellFormed()) return "Remove the broken characters";
}

function lowerFirst(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}
