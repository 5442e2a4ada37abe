import { jsxEscape } from "preact/jsx-runtime";
import { Signal } from "@preact/signals";

type Props = Readonly<Record<string, unknown>>;

/** Props that are not attributes of any element. */
const NO_ATTRIBUTES: ReadonlySet<string> = new Set([
  "children",
  "dangerouslySetInnerHTML",
  "key",
  "ref",
  "__self",
  "__source",
]);

/** Props that have another name in HTML. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["className", "class"],
  ["htmlFor", "for"],
  ["defaultValue", "value"],
  ["defaultChecked", "checked"],
  ["defaultSelected", "selected"],
  ["acceptCharset", "accept-charset"],
  ["httpEquiv", "http-equiv"],
]);

/** @see https://html.spec.whatwg.org/multipage/syntax.html#attributes-2 */
const NOT_IN_A_NAME = /[\s"'<>/=\0\\]/;

/**
 * The attributes of SVG with a hyphen.
 *
 * @see https://www.w3.org/TR/SVG11/attindex.html
 */
const SVG_HYPHENATED = "accent-height alignment-baseline arabic-form baseline-shift cap-height " +
  "clip-path clip-rule color-interpolation color-interpolation-filters color-profile " +
  "color-rendering dominant-baseline enable-background fill-opacity fill-rule flood-color " +
  "flood-opacity font-family font-size font-size-adjust font-stretch font-style font-variant " +
  "font-weight glyph-name glyph-orientation-horizontal glyph-orientation-vertical horiz-adv-x " +
  "horiz-origin-x image-rendering letter-spacing lighting-color marker-end marker-mid " +
  "marker-start overline-position overline-thickness paint-order panose-1 pointer-events " +
  "rendering-intent shape-rendering stop-color stop-opacity strikethrough-position " +
  "strikethrough-thickness stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin " +
  "stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-rendering " +
  "transform-origin underline-position underline-thickness unicode-bidi unicode-range " +
  "units-per-em v-alphabetic v-hanging v-ideographic v-mathematical vector-effect vert-adv-y " +
  "vert-origin-x vert-origin-y word-spacing writing-mode x-height";

const SVG_NAMES: ReadonlyMap<string, string> = new Map(
  SVG_HYPHENATED.split(" ").map((name) => [name.replace(/-(.)/g, (_, c) => c.toUpperCase()), name]),
);

/** Attributes for which `true` and `false` are values like others. */
const BOOLEAN_TEXT = /^(aria-|data-|draggable$|spellcheck$)/;

/** An application has few names. Names made from user data must not fill the memory. */
const MAX_KNOWN_NAMES = 1000;

/** The names of attributes by prop, in HTML and in SVG. Undefined for a prop that is not an attribute. */
const htmlNames = new Map<string, string | undefined>();
const svgNames = new Map<string, string | undefined>();

/** Writes the attributes of an element, each after a space. */
export function attributesOf(type: string, props: Props, isSvg: boolean): string {
  let html = "";
  for (const prop in props) {
    const name = nameOf(prop, isSvg);
    if (name === undefined) continue;
    // If an element has both, the name of HTML counts.
    if ((prop === "className" || prop === "htmlFor") && name in props) continue;
    // Their content contains the value.
    if (name === "value" && (type === "textarea" || type === "select")) continue;
    html += attribute(name, props[prop]);
  }
  return html;
}

function nameOf(prop: string, isSvg: boolean): string | undefined {
  const names = isSvg ? svgNames : htmlNames;
  const known = names.get(prop);
  if (known !== undefined || names.has(prop)) return known;
  const isAttribute = !NO_ATTRIBUTES.has(prop) && !NOT_IN_A_NAME.test(prop);
  const name = isAttribute ? RENAMED.get(prop) ?? attributeName(prop, isSvg) : undefined;
  if (names.size < MAX_KNOWN_NAMES) names.set(prop, name);
  return name;
}

function attribute(name: string, prop: unknown): string {
  const value = prop instanceof Signal ? prop.peek() : prop;
  if (name === "style" && typeof value === "object") return styleAttribute(value as Props | null);
  switch (typeof value) {
    case "string":
      return ` ${name}="${jsxEscape(value)}"`;
    case "number":
    case "bigint":
      return ` ${name}="${value}"`;
    case "boolean":
      if (BOOLEAN_TEXT.test(name)) return ` ${name}="${value}"`;
      return value ? ` ${name}` : "";
    case "object":
      // A URL, a date or a list is written as text.
      return value === null ? "" : ` ${name}="${jsxEscape(String(value))}"`;
    default:
      return "";
  }
}

/** CSS properties whose numbers are not lengths. @see https://www.w3.org/TR/CSS/ */
const UNITLESS = new Set(
  ("animation-iteration-count aspect-ratio border-image-outset border-image-slice " +
    "border-image-width column-count columns fill-opacity flex flex-grow flex-shrink flood-opacity " +
    "font-size-adjust font-weight grid-area grid-column grid-column-end grid-column-start grid-row " +
    "grid-row-end grid-row-start initial-letter line-clamp line-height opacity order orphans scale " +
    "stop-opacity stroke-dasharray stroke-dashoffset stroke-miterlimit stroke-opacity stroke-width " +
    "tab-size widows z-index zoom").split(" "),
);

function styleAttribute(style: Props | null): string {
  let css = "";
  for (const [prop, value] of Object.entries(style ?? {})) {
    if (value === null || value === undefined || value === "") continue;
    const isOwn = prop.startsWith("--");
    const name = isOwn ? prop : prop.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const unit = typeof value === "number" && !isOwn && !UNITLESS.has(name) ? "px" : "";
    css += `${name}:${value}${unit};`;
  }
  return css === "" ? "" : ` style="${jsxEscape(css)}"`;
}

function attributeName(prop: string, isSvg: boolean): string {
  const [, prefix, rest] = prop.startsWith("x") && /^(xlink|xmlns|xml)([A-Z].*)$/.exec(prop) || [];
  if (prefix !== undefined) return `${prefix}:${rest!.toLowerCase()}`;
  // Names are case-insensitive in HTML, but not in SVG.
  return isSvg ? SVG_NAMES.get(prop) ?? prop : prop.toLowerCase();
}
