/**
 * A parent for Preact to render an island into: the nodes between two marks, which may have siblings. It has only the
 * members of an element that Preact uses.
 */
export class RangeParent {
  readonly nodeType = Node.ELEMENT_NODE;
  readonly namespaceURI: string | null;
  readonly childNodes: ChildNode[];
  readonly #parent: Element;
  readonly #end: Node;

  /** @param end The node after the range. Not a comment, since Preact skips comments and would leave the range. */
  constructor(childNodes: ChildNode[], end: Node) {
    this.#parent = end.parentNode as Element;
    this.#end = end;
    this.childNodes = childNodes;
    this.namespaceURI = this.#parent.namespaceURI;
  }

  get firstChild(): ChildNode | null {
    return this.childNodes[0] ?? null;
  }

  insertBefore<T extends Node>(node: T, before: Node | null): T {
    return this.#parent.insertBefore(node, before ?? this.#end);
  }
}
