type Props = Record<string, unknown>;

/** Attributes with the initial value of a form field, and the props that set them in Preact. */
const INITIAL_VALUES: Record<string, string> = {
  value: "defaultValue",
  checked: "defaultChecked",
};

/** Returns the props with which Preact renders an element as it is in the document. */
export function elementProps(element: Element): Props {
  const props: Props = {};
  for (const { name, value } of element.attributes) {
    // The server writes no inline handlers, and Preact expects a function here.
    if (name.startsWith("on")) continue;
    // Sets the default and not the value, to keep what the user typed before the script arrived.
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
