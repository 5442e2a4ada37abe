interface HiddenFieldsProps {
  /** Values by name. `undefined` is left out. */
  readonly values: Readonly<Record<string, string | number | undefined>>;
}

/** Hidden fields of a form, such as the user's id and where to return to. */
export function HiddenFields({ values }: HiddenFieldsProps) {
  return (
    <>
      {Object.entries(values).map(([name, value]) =>
        value !== undefined && <input key={name} type="hidden" name={name} value={value} />
      )}
    </>
  );
}
