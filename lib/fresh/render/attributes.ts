import { jsxEscape } from "preact/jsx-runtime";
import { Signal } from "@preact/signals";

type Props = Readonly<Record<string, unknown>>;

/** How a prop of an element is written. */
interface AttributeRule {
  readonly name: string;
  /** A prop that counts in place of this one where an element has both. */
  readonly unless: string | undefined;
  /** `true` and `false` are values like others: to leave the attribute out would mean something else. */
  readonly hasBooleanText: boolean;
}

/** What is no attribute, whatever element it is given to. */
const NO_ATTRIBUTES: ReadonlySet<string> = new Set([
  "children",
  "dangerouslySetInnerHTML",
  "key",
  "ref",
  "__self",
  "__source",
]);

/** Props that Preact calls otherwise than HTML does. */
const RENAMED: Readonly<Record<string, string>> = {
  className: "class",
  htmlFor: "for",
  defaultValue: "value",
  defaultChecked: "checked",
  defaultSelected: "selected",
  acceptCharset: "accept-charset",
  httpEquiv: "http-equiv",
};

/** @see https://html.spec.whatwg.org/multipage/syntax.html#attributes-2 */
const NOT_IN_A_NAME = /[\s"'<>/=\0\\]/;

/**
 * The attributes of SVG that have a hyphen.
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

/** An application has few names; who makes them up of user data must not fill the memory. */
const MAX_KNOWN_RULES = 1000;

const htmlRules = new Map<string, AttributeRule | undefined>();
const svgRules = new Map<string, AttributeRule | undefined>();

/** The attributes of an element, each with a space in front. */
export function attributesOf(type: string, props: Props, isSvg: boolean): string {
  const rules = isSvg ? svgRules : htmlRules;
  let html = "";
  for (const prop in props) {
    let rule = rules.get(prop);
    if (rule === undefined && !rules.has(prop)) rule = learn(rules, prop, isSvg);
    if (rule === undefined || (rule.unless !== undefined && rule.unless in props)) continue;
    // Text of the one and choice of the other: their content has it.
    if (rule.name === "value" && (type === "textarea" || type === "select")) continue;
    html += attribute(rule, props[prop]);
  }
  return html;
}

function attribute({ name, hasBooleanText }: AttributeRule, prop: unknown): string {
  const value = prop instanceof Signal ? prop.peek() : prop;
  if (name === "style" && typeof value === "object") return styleAttribute(value as Props | null);
  switch (typeof value) {
    case "string":
      return ` ${name}="${jsxEscape(value)}"`;
    case "number":
    case "bigint":
      return ` ${name}="${value}"`;
    case "boolean":
      if (hasBooleanText) return ` ${name}="${value}"`;
      return value ? ` ${name}` : "";
    case "object":
      // A URL, a date, a list: as text.
      return value === null ? "" : ` ${name}="${jsxEscape(String(value))}"`;
    default:
      return "";
  }
}

/** Numbers that are no lengths. @see https://www.w3.org/TR/CSS/ */
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

function learn(
  rules: Map<string, AttributeRule | undefined>,
  prop: string,
  isSvg: boolean,
): AttributeRule | undefined {
  const rule = ruleFor(prop, isSvg);
  if (rules.size < MAX_KNOWN_RULES) rules.set(prop, rule);
  return rule;
}

function ruleFor(prop: string, isSvg: boolean): AttributeRule | undefined {
  if (NO_ATTRIBUTES.has(prop) || NOT_IN_A_NAME.test(prop)) return undefined;
  const renamed = RENAMED[prop];
  const name = renamed ?? attributeName(prop, isSvg);
  return {
    name,
    unless: prop === "className" || prop === "htmlFor" ? renamed : undefined,
    hasBooleanText: /^(aria-|data-|draggable$|spellcheck$)/.test(name),
  };
}

function attributeName(prop: string, isSvg: boolean): string {
  const [, prefix, rest] = /^(xlink|xmlns|xml)([A-Z].*)$/.exec(prop) ?? [];
  if (prefix !== undefined) return `${prefix}:${rest!.toLowerCase()}`;
  // Case means nothing in HTML, and something in SVG.
  return isSvg ? SVG_NAMES.get(prop) ?? prop : prop.toLowerCase();
}
