import { IS_BROWSER } from "fresh/runtime";
import type { ComponentChildren, JSX } from "preact";
import { ShowButton } from "@/components/ShowButton.tsx";
import { type Field as FieldDeclaration, fieldAttributes } from "@/lib/shared/form.ts";

/**
 * In the browser not `value`: an island that draws itself anew would undo what was typed meanwhile.
 * On the server not `defaultValue`, which HTML does not know.
 */
const INITIAL_VALUE = IS_BROWSER ? "defaultValue" : "value";

type ControlProps = JSX.InputHTMLAttributes<HTMLInputElement>;

interface FieldProps {
  readonly name: string;
  readonly field: FieldDeclaration<unknown>;
  /** What was typed before; passwords are never sent back. */
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  /** Where two forms of a page have a field of this name, what tells their ids apart. */
  readonly idPrefix?: string | undefined;
  /** Handlers and further attributes of the control. */
  readonly control?: ControlProps;
  /** Words for the options of a select; the value itself if left out. */
  readonly optionLabels?: Readonly<Record<string, string>>;
  /** What stands below the control, such as a strength bar. */
  readonly children?: ComponentChildren;
}

/** A labelled control, made from its declaration, with its hint and what is wrong with it. */
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
        // Of several the browser takes the first one; in a modal, script does.
        "autofocus": error && !IS_BROWSER ? true : undefined,
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
  // What people write of themselves may be written from right to left.
  if (field.type === "text" || field.type === "textarea") attributes.dir = "auto";
  // While it is shown, it would be sent to whoever checks the spelling.
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
