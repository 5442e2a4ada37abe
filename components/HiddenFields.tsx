interface HiddenFieldsProps {
  /** By name; what is `undefined` is left out. */
  readonly values: Readonly<Record<string, string | number | undefined>>;
}

/** What a form sends that nobody types, such as the user it is about and where to come back to. */
export function HiddenFields({ values }: HiddenFieldsProps) {
  return (
    <>
      {Object.entries(values).map(([name, value]) =>
        value !== undefined && <input key={name} type="hidden" name={name} value={value} />
      )}
    </>
  );
}
