import type { VNode } from "preact";
import { isToldApartByHref } from "../client/link_kinds.ts";

/** Elements that are compared by their content if they have no attributes. */
const COMPARED_BY_CONTENT: ReadonlySet<string> = new Set([
  "script",
  "style",
  "noscript",
  "template",
]);

/** Props with the content of an element. */
const CONTENT: ReadonlySet<string> = new Set(["children", "dangerouslySetInnerHTML"]);

/** What the identity of an element depends on. */
type Identified = Pick<VNode, "key"> & { readonly props: object };

/** What the `<Head>`s of one page ask for, as HTML. Of elements with the same identity, the last one rendered counts. */
export class HeadEntries {
  readonly #entries = new Map<string, string>();
  /** The elements among the entries. Most elements of a wrapper need no comparison. */
  readonly #types = new Set<string>();

  /** Adds an element that was rendered inside `<Head>`. */
  add(vnode: Identified, type: string, html: string): void {
    this.#types.add(type);
    this.#entries.set(identityOf(vnode, type), html);
  }

  /** Removes and returns the entry that replaces an element of the wrapper. */
  takeReplacement(vnode: Identified, type: string): string | undefined {
    if (!this.#types.has(type) && !hasKey(vnode)) return undefined;
    const identity = identityOf(vnode, type);
    const html = this.#entries.get(identity);
    this.#entries.delete(identity);
    return html;
  }

  /** The entries that replace no element. */
  get rest(): string {
    return [...this.#entries.values()].join("");
  }
}

/** Returns the identity of an element of the head. One replaces another with the same identity. */
function identityOf(vnode: Identified, type: string): string {
  if (hasKey(vnode)) return `key ${vnode.key}`;
  if (type === "title") return type;
  const attributes = vnode.props as Record<string, unknown>;
  const value = valueAttributeOf(type, attributes);
  const own = Object.keys(attributes).filter((name) => name !== value && !CONTENT.has(name));
  const compared = own.length === 0 && COMPARED_BY_CONTENT.has(type)
    ? Object.keys(attributes)
    : own.sort();
  return `${type} ${compared.map((name) => `${name}=${contentOf(attributes[name])}`).join(" ")}`;
}

/** Whether an element has a key, which is then its identity. */
export function hasKey({ key }: Pick<VNode, "key">): boolean {
  return key !== undefined && key !== null;
}

/** Returns the attribute with the value of an element, which is not part of its identity. */
function valueAttributeOf(type: string, { rel }: Record<string, unknown>): string | undefined {
  if (type === "meta") return "content";
  return type === "link" && !isToldApartByHref(rel) ? "href" : undefined;
}

function contentOf(value: unknown): string {
  return typeof value === "object" && value !== null && "__html" in value
    ? String(value.__html)
    : String(value);
}
