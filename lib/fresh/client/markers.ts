import { END_MARK, ISLAND_MARK, SLOT_MARK } from "../islands/wire.ts";

/** The number of the island that begins at the node; `undefined` where none does. */
export function islandNumber(node: Node): number | undefined {
  return numberBehind(node, ISLAND_MARK);
}

/** The number of the slot that begins at the node; `undefined` where none does. */
export function slotNumber(node: Node): number | undefined {
  return numberBehind(node, SLOT_MARK);
}

function numberBehind(node: Node, mark: string): number | undefined {
  if (node.nodeType !== Node.COMMENT_NODE || !node.nodeValue!.startsWith(mark)) return undefined;
  return Number(node.nodeValue!.slice(mark.length));
}

/** What stands between two marks. */
export interface MarkedRange {
  readonly nodes: ChildNode[];
  readonly end: ChildNode;
}

/** Everything up to the end that belongs to `start`; `undefined` where the browser has moved the end elsewhere. */
export function rangeBehind(start: ChildNode): MarkedRange | undefined {
  const endMark = END_MARK + start.nodeValue;
  const nodes: ChildNode[] = [];
  for (let node = start.nextSibling; node !== null; node = node.nextSibling) {
    if (node.nodeType === Node.COMMENT_NODE && node.nodeValue === endMark) {
      return { nodes, end: node };
    }
    nodes.push(node);
  }
  return undefined;
}
