import type { ComponentChildren } from "preact";

interface CheckboxProps {
  /** It sends `1` if it is ticked. */
  readonly name: string;
  readonly checked?: boolean;
  readonly required?: boolean;
  readonly error?: string | undefined;
  /** The label. */
  readonly children: ComponentChildren;
}

/** A box to tick, with its label and error. */
export function Checkbox({ name, checked, required, error, children }: CheckboxProps) {
  return (
    <>
      <div class="check-line">
        <input
          class="form-check-input"
          type="checkbox"
          id={name}
          name={name}
          value="1"
          checked={checked}
          required={required}
          aria-describedby={error === undefined ? undefined : `${name}_error`}
        />
        <label class="form-check-label" for={name}>{children}</label>
      </div>
      {error !== undefined && <div class="field-error" id={`${name}_error`}>{error}</div>}
    </>
  );
}
