import { END_MARK, ISLAND_MARK, SLOT_MARK } from "../islands/wire.ts";

/** Returns the number of the island that begins at a node, if one does. */
export function islandNumber(node: Node): number | undefined {
  return numberBehind(node, ISLAND_MARK);
}

/** Returns the number of the slot that begins at a node, if one does. */
export function slotNumber(node: Node): number | undefined {
  return numberBehind(node, SLOT_MARK);
}

function numberBehind(node: Node, mark: string): number | undefined {
  if (node.nodeType !== Node.COMMENT_NODE || !node.nodeValue!.startsWith(mark)) return undefined;
  return Number(node.nodeValue!.slice(mark.length));
}

/** The nodes between two marks. */
export interface MarkedRange {
  readonly nodes: ChildNode[];
  readonly end: ChildNode;
}

/** Returns the nodes from `start` to its end mark, or undefined if the browser has moved that elsewhere. */
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
