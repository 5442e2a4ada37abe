type Props = Record<string, unknown>;

/** Attributes that are the first value of a form field, by the property that Preact must set instead. */
const INITIAL_VALUES: Record<string, string> = {
  value: "defaultValue",
  checked: "defaultChecked",
};

/** The props that make Preact write the element as it stands in the document. */
export function elementProps(element: Element): Props {
  const props: Props = {};
  for (const { name, value } of element.attributes) {
    // The server writes no inline handlers, and Preact would take a text for a function.
    if (name.startsWith("on")) continue;
    // What the user typed before the script arrived must stay: hence the default, not the value.
    const isField = element instanceof HTMLInputElement;
    props[isField && INITIAL_VALUES[name] || name] = propValue(element, name, value);
  }
  if (element instanceof HTMLTextAreaElement) props.defaultValue = element.defaultValue;
  if (element instanceof HTMLTemplateElement) {
    props.dangerouslySetInnerHTML = { __html: element.innerHTML };
  }
  return props;
}

/** `disabled=""` means yes, but the property `disabled` set to an empty text means no. */
function propValue(element: Element, name: string, value: string): string | boolean {
  const isBoolean = typeof Reflect.get(element, name) === "boolean";
  return isBoolean ? value !== "false" : value;
}
