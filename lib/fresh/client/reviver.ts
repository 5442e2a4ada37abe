import { type ComponentChildren, type ComponentType, Fragment, h, type VNode } from "preact";
import { SLOT_ATTRIBUTE } from "../islands/wire.ts";
import { scopeIds } from "../preact_internals.ts";
import { elementProps } from "./element_props.ts";
import { islandNumber, type MarkedRange, rangeBehind, slotNumber } from "./markers.ts";

type Props = Record<string, unknown>;

/** A loaded island of the page. */
export interface LoadedIsland {
  /** For messages. */
  readonly name: string;
  readonly component: ComponentType<Props>;
  readonly props: Props;
  /** Numbers of slots by name of the prop. */
  readonly slots: Record<string, number>;
}

/**
 * Turns HTML of the server into vnodes. Slots become vnodes too, so that one Preact tree contains an island and
 * everything that it shows, and islands inside slots hydrate, move and disappear with it.
 */
export class Reviver {
  readonly #islands: readonly LoadedIsland[];

  constructor(islands: readonly LoadedIsland[]) {
    this.#islands = islands;
  }

  /** Finds the HTML of an island. If the browser has torn it apart, reports that on the console and returns undefined. */
  rangeOf(number: number, start: ChildNode): MarkedRange | undefined {
    const range = rangeBehind(start);
    if (range === undefined) {
      console.error(`Island ${this.#islands[number]!.name} was torn apart by invalid HTML nesting`);
    }
    return range;
  }

  /** Makes the vnode of an island. Removes the marks and templates of its slots from `nodes`, its HTML. */
  island(number: number, nodes: readonly ChildNode[]): VNode {
    const { component, props, slots } = this.#islands[number]!;
    const names = new Map(Object.entries(slots).map(([name, slot]) => [slot, name]));
    const contents: Props = {};
    if (names.size > 0) this.#collectSlots(nodes, names, contents);
    return scopeIds(h(component, { ...props, ...contents }) as VNode, `i${number}`);
  }

  /** Takes each slot from its first place, since an island may show one twice. */
  #collectSlots(
    nodes: readonly ChildNode[],
    names: ReadonlyMap<number, string>,
    contents: Props,
  ): void {
    for (const node of nodes) {
      const number = slotNumber(node) ?? inertSlotNumber(node);
      const name = number === undefined ? undefined : names.get(number);
      if (name !== undefined) {
        contents[name] ??= h(Fragment, null, this.#revive(takeSlot(node)));
      } else {
        this.#collectSlots([...node.childNodes], names, contents);
      }
    }
  }

  #revive(nodes: readonly ChildNode[]): ComponentChildren[] {
    const revived: ComponentChildren[] = [];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      const number = islandNumber(node);
      if (number !== undefined) {
        const range = this.rangeOf(number, node);
        if (range === undefined) continue;
        revived.push(this.island(number, range.nodes));
        i += range.nodes.length + 1;
        node.remove();
        range.end.remove();
      } else if (node instanceof Element) {
        revived.push(this.#element(node));
      } else if (node.nodeType === Node.TEXT_NODE) {
        revived.push(node.nodeValue);
      }
    }
    return revived;
  }

  #element(element: Element): ComponentChildren {
    const props = elementProps(element);
    const isOpaque = "dangerouslySetInnerHTML" in props || "defaultValue" in props;
    return h(element.localName, props, isOpaque ? [] : this.#revive([...element.childNodes]));
  }
}

function inertSlotNumber(node: Node): number | undefined {
  if (!(node instanceof HTMLTemplateElement) || !node.hasAttribute(SLOT_ATTRIBUTE)) {
    return undefined;
  }
  return Number(node.getAttribute(SLOT_ATTRIBUTE));
}

/** Returns the content of the slot that begins at a node, and removes its marks or template. */
function takeSlot(start: ChildNode): ChildNode[] {
  if (start instanceof HTMLTemplateElement) {
    start.remove();
    return [...start.content.childNodes];
  }
  const range = rangeBehind(start);
  start.remove();
  range?.end.remove();
  return range?.nodes ?? [];
}
