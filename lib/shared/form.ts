/** Error messages by field, for the person who filled in the form. */
export type FieldErrors = Readonly<Record<string, string>>;

/** A checked value or an error message. */
export type Checked<T> = { readonly value: T } | { readonly error: string };

/** A field of a form: how it is shown, what it accepts, and how its text is read. */
export interface Field<T> {
  readonly label: string;
  readonly type:
    | "text"
    | "email"
    | "password"
    | "tel"
    | "url"
    | "datetime-local"
    | "textarea"
    | "select"
    | "hidden";
  readonly required: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** As in the `pattern` attribute: it must match the whole value. */
  readonly pattern?: string;
  /** What may stand in it, besides its length: the error for anything else. */
  readonly rule?: string;
  readonly autocomplete?: string;
  readonly hint?: string;
  readonly options?: readonly string[];
  /** Reads the text that was sent. An absent field reads as `""`. */
  readonly read: (text: string) => Checked<T>;
}

/** Fields by name. */
export type Form = Readonly<Record<string, Field<unknown>>>;

/** The checked values of a form. */
export type Values<F extends Form> = {
  -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** Texts of a request by field name. */
export type Texts = ReadonlyMap<string, string>;

/** Checked values, or errors by field with the values of the other fields. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: FieldErrors; readonly rest: Partial<T> };

/** Reads every field of `form`. A field that was not sent reads as empty. */
export function parseForm<F extends Form>(form: F, texts: Texts): Parsed<Values<F>> {
  return readFields(form, Object.keys(form), texts) as Parsed<Values<F>>;
}

/** Reads only the fields of `form` that were sent. The others stay as they are. */
export function parsePartial<F extends Form>(form: F, texts: Texts): Parsed<Partial<Values<F>>> {
  const sent = Object.keys(form).filter((name) => texts.has(name));
  return readFields(form, sent, texts) as Parsed<Partial<Values<F>>>;
}

function readFields(form: Form, names: readonly string[], texts: Texts): Parsed<object> {
  const value: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const name of names) {
    const checked = form[name]!.read(texts.get(name) ?? "");
    if ("error" in checked) errors[name] = checked.error;
    else value[name] = checked.value;
  }
  return Object.keys(errors).length === 0
    ? { ok: true, value }
    : { ok: false, errors, rest: value };
}

/** Returns HTML attributes with which the browser checks the same rules. */
export function fieldAttributes(name: string, field: Field<unknown>): Record<string, unknown> {
  return {
    name,
    ...(field.type !== "textarea" && field.type !== "select" && { type: field.type }),
    ...(field.required && { required: true }),
    ...(field.minLength !== undefined && { minLength: field.minLength }),
    // Browsers count UTF-16 units and the server counts code points, so browsers are never less
    // strict.
    ...(field.maxLength !== undefined && { maxLength: field.maxLength }),
    ...(field.pattern !== undefined && { pattern: field.pattern }),
    ...(field.autocomplete !== undefined && { autocomplete: field.autocomplete }),
  };
}
