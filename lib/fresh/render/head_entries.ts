import type { VNode } from "preact";
import { isToldApartByHref } from "../client/link_kinds.ts";

/** Elements whose content tells them apart, if they have no attributes to do that. */
const COMPARED_BY_CONTENT: ReadonlySet<string> = new Set([
  "script",
  "style",
  "noscript",
  "template",
]);

/** Props that are what an element holds. */
const CONTENT: ReadonlySet<string> = new Set(["children", "dangerouslySetInnerHTML"]);

/** What tells an element of the head from others. */
type Identified = Pick<VNode, "key"> & { readonly props: object };

/** What the `<Head>`s of one page ask for, as HTML. Of elements with the same identity, the last one rendered counts. */
export class HeadEntries {
  readonly #entries = new Map<string, string>();

  /** Adds an element that was rendered inside `<Head>`. */
  add(vnode: Identified, type: string, html: string): void {
    this.#entries.set(identityOf(vnode, type), html);
  }

  /** Removes and returns the entry that replaces an element of the wrapper. */
  takeReplacement(vnode: Identified, type: string): string | undefined {
    if (this.#entries.size === 0) return undefined;
    const identity = identityOf(vnode, type);
    const html = this.#entries.get(identity);
    this.#entries.delete(identity);
    return html;
  }

  /** The entries that have replaced nothing. */
  get rest(): string {
    return [...this.#entries.values()].join("");
  }
}

/** Two elements with the same identity are the same element of the head. */
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

/** Whether an element has a key, which then is its identity. */
export function hasKey({ key }: Pick<VNode, "key">): boolean {
  return key !== undefined && key !== null;
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
