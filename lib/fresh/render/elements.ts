/** What the renderer has to know about particular elements. */

import { asset, assetSrcSet } from "../assets.ts";

type Props = Readonly<Record<string, unknown>>;

/** @see https://html.spec.whatwg.org/multipage/syntax.html#void-elements */
const VOID_ELEMENTS: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta source track wbr".split(" "),
);

/** @see https://html.spec.whatwg.org/multipage/syntax.html#syntax-tag-name */
const TAG_NAME = /^[a-z][^\s/>"'=<\0]*$/i;

/**
 * Whether an element has neither content nor an end tag.
 *
 * @throws {Error} If HTML can have no element of that name.
 */
export function isVoidElement(type: string): boolean {
  if (!TAG_NAME.test(type)) throw new Error(`<${type}> is not a name of an element`);
  return VOID_ELEMENTS.has(type);
}

/** Returns the content of an element. For a `<textarea>` it is the value. */
export function contentOf(type: string, props: Props): unknown {
  if (type !== "textarea") return props.children;
  return props.value ?? props.defaultValue ?? props.children;
}

/** Whether the value of a `<select>` selects an option that does not say so itself. */
export function isSelected(props: Props, selected: unknown): boolean {
  return selected !== undefined && !("selected" in props) && props.value === selected;
}

/** Adds the build id to the sources of an image, so that they may be cached forever. */
export function lockSources(props: Record<string, unknown>): Record<string, unknown> {
  if ("data-fresh-disable-lock" in props) return props;
  const locked = { ...props };
  for (const name of ["src", "srcset", "srcSet"]) {
    const value = props[name];
    if (typeof value === "string") {
      locked[name] = name === "src" ? asset(value) : assetSrcSet(value);
    }
  }
  return locked;
}
