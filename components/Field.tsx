import { IS_BROWSER } from "fresh/runtime";
import type { ComponentChildren, JSX } from "preact";
import { ShowButton } from "@/components/ShowButton.tsx";
import { type Field as FieldDeclaration, fieldAttributes } from "@/lib/shared/form.ts";

/**
 * The attribute of the initial value. In the browser not `value`, because a rendering island would
 * undo what was typed. On the server not `defaultValue`, which HTML does not have.
 */
export const INITIAL_VALUE = IS_BROWSER ? "defaultValue" : "value";

type ControlProps = JSX.InputHTMLAttributes<HTMLInputElement>;

interface FieldProps {
  readonly name: string;
  readonly field: FieldDeclaration<unknown>;
  /** The previous input. Passwords are never sent back. */
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  /** Makes ids unique if two forms of a page have a field of this name. */
  readonly idPrefix?: string | undefined;
  /** Handlers and more attributes of the control. */
  readonly control?: ControlProps;
  /** Labels of a select's options. The values themselves if left out. */
  readonly optionLabels?: Readonly<Record<string, string>>;
  /** Content below the control, such as a strength bar. */
  readonly children?: ComponentChildren;
}

/** A labelled control with its hint and error, made from its declaration. */
export function Field(props: FieldProps) {
  const { name, field, error, children } = props;
  const id = props.idPrefix ? `${props.idPrefix}_${name}` : name;
  const describedBy = [
    props.control?.["aria-describedby"],
    field.hint && `${id}_hint`,
    error && `${id}_error`,
  ].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label class="form-label" for={id}>
        {field.label}
        {!field.required && field.type !== "select" && <span class="field-optional">optional</span>}
      </label>
      {controlOf(props, {
        ...fieldAttributes(name, field),
        ...props.control,
        id,
        "aria-invalid": error ? "true" : undefined,
        // If several fields have it, browsers take the first. In a modal, script sets the focus.
        "autofocus": !IS_BROWSER && (error || props.control?.autofocus) ? true : undefined,
        "aria-describedby": describedBy || undefined,
      })}
      {field.type === "password" && <ShowButton label={field.label} />}
      {children}
      {error && <div class="field-error" id={`${id}_error`}>{error}</div>}
      {field.hint && <div class="form-text" id={`${id}_hint`}>{field.hint}</div>}
    </div>
  );
}

function controlOf(
  { field, value, error, optionLabels = {} }: FieldProps,
  attributes: Record<string, unknown>,
) {
  const invalid = error ? " is-invalid" : "";
  // People may write about themselves from right to left.
  if (field.type === "text" || field.type === "textarea") attributes.dir = "auto";
  // A shown password would be sent to the browser's spell checker.
  if (field.type === "password") attributes.spellcheck = false;
  if (field.type === "textarea") {
    return <textarea {...attributes} class={`form-control${invalid}`} rows={3}>{value}</textarea>;
  }
  if (field.type === "select") {
    return (
      <select {...attributes} class={`form-select${invalid}`}>
        {field.options?.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {optionLabels[option] ?? option}
          </option>
        ))}
      </select>
    );
  }
  return <input {...attributes} class={`form-control${invalid}`} {...{ [INITIAL_VALUE]: value }} />;
}
