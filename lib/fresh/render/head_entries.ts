import { h, type VNode } from "preact";
import { isToldApartByHref } from "../client/link_kinds.ts";

/** The elements that `<Head>` moves. */
export const HEAD_ELEMENTS: ReadonlySet<string> = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

/** Elements whose content tells them apart. */
const COMPARED_BY_CONTENT: ReadonlySet<string> = new Set([
  "script",
  "style",
  "noscript",
  "template",
]);

/** What the `<Head>`s of one page ask for: of elements that are the same, the last one rendered counts. */
export class HeadEntries {
  readonly #entries = new Map<string, VNode>();

  /** Notes an element that was rendered inside `<Head>`. */
  add(vnode: VNode): void {
    // A copy: the original is about to be silenced, and may be a constant of the application.
    this.#entries.set(identityOf(vnode), h(vnode.type as string, propsWithKey(vnode)) as VNode);
  }

  /** Takes the element out that replaces the given one of the wrapper. */
  takeReplacement(vnode: VNode): VNode | undefined {
    if (this.#entries.size === 0) return undefined;
    const identity = identityOf(vnode);
    const entry = this.#entries.get(identity);
    this.#entries.delete(identity);
    return entry;
  }

  /** Takes all elements out that have replaced nothing. */
  takeRest(): VNode[] {
    const rest = [...this.#entries.values()];
    this.#entries.clear();
    return rest;
  }
}

/** Attributes to render: the key becomes `data-key`, by which the browser finds the element again. */
export function propsWithKey(vnode: VNode): Record<string, unknown> {
  return vnode.key === undefined || vnode.key === null
    ? { ...vnode.props }
    : { ...vnode.props, "data-key": String(vnode.key) };
}

/** Two elements with the same identity are the same element of the head. */
function identityOf(vnode: VNode): string {
  const type = vnode.type as string;
  if (vnode.key !== undefined && vnode.key !== null) return `key ${vnode.key}`;
  if (type === "title") return type;
  const props = vnode.props as Record<string, unknown>;
  const value = valueAttributeOf(type, props);
  const attributes = Object.keys(props)
    .filter((name) => name !== value && (name !== "children" || COMPARED_BY_CONTENT.has(type)))
    .sort()
    .map((name) => `${name}=${contentOf(props[name])}`);
  return `${type} ${attributes.join(" ")}`;
}

/** The attribute that carries an element's value: it may differ between two elements that are "the same". */
function valueAttributeOf(type: string, { rel }: Record<string, unknown>): string | undefined {
  if (type === "meta") return "content";
  return type === "link" && !isToldApartByHref(rel) ? "href" : undefined;
}

function contentOf(value: unknown): string {
  return typeof value === "object" && value !== null && "__html" in value
    ? String(value.__html)
    : String(value);
}
