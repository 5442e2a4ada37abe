/** What the renderer has to know of single kinds of elements. */

import { asset, assetSrcSet } from "../assets.ts";

type Props = Readonly<Record<string, unknown>>;

/** @see https://html.spec.whatwg.org/multipage/syntax.html#void-elements */
const VOID_ELEMENTS = "area base br col embed hr img input link meta source track wbr".split(" ");

/** @see https://html.spec.whatwg.org/multipage/syntax.html#syntax-tag-name */
const TAG_NAME = /^[a-z][^\s/>"'=<\0]*$/i;

/** Names that have been checked, and whether they are those of void elements. */
const knownElements = new Map(VOID_ELEMENTS.map((type) => [type, true]));

/** There are not many elements; who makes them up of user data must not fill the memory. */
const MAX_KNOWN_ELEMENTS = 1000;

/**
 * Whether an element has neither content nor an end.
 *
 * @throws {Error} if the name is none that HTML could have.
 */
export function isVoidElement(type: string): boolean {
  const isVoid = knownElements.get(type);
  if (isVoid !== undefined) return isVoid;
  if (!TAG_NAME.test(type)) throw new Error(`<${type}> is no name of an element`);
  if (knownElements.size < MAX_KNOWN_ELEMENTS) knownElements.set(type, false);
  return false;
}

/** Text between the tags; that of a `<textarea>` is its value. */
export function contentOf(type: string, props: Props): unknown {
  if (type !== "textarea") return props.children;
  return props.value ?? props.defaultValue ?? props.children;
}

/** Whether an option is the one that its `<select>` has chosen, and does not say so itself. */
export function isSelected(props: Props, selected: unknown): boolean {
  return selected !== undefined && !("selected" in props) && props.value === selected;
}

/** Ties the sources of an image to this build, so that they may be cached for ever. */
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
