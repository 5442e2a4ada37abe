import {
  Component,
  type ComponentChildren,
  type ComponentType,
  h,
  isValidElement,
  type VNode,
} from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { Signal } from "@preact/signals";
import type { Island } from "../build_cache.ts";
import { scopeIds } from "./ids.ts";
import { END_MARK, ISLAND_MARK, SLOT_ATTRIBUTE, SLOT_MARK } from "./wire.ts";

type Props = Record<string, unknown>;

/** What the boundaries of one page share. */
export interface SlotRegistry {
  /** Notes an island that the browser will hydrate, and numbers it. */
  addRoot(island: Island, props: Props, slots: Record<string, number>): number;
  /** The number for one more slot. */
  newSlot(): number;
  /** The slots that their islands have rendered. */
  readonly shownSlots: Set<number>;
  /** Vnodes that stand inside a boundary of their own already. */
  readonly bounded: Set<VNode>;
}

interface BoundaryProps {
  readonly vnode: VNode;
  readonly type: VNode["type"];
  readonly props: VNode["props"];
  readonly island: Island;
  readonly page: SlotRegistry;
}

interface SlotProps {
  readonly number: number;
  readonly content: unknown;
  readonly page: SlotRegistry;
}

/** What components of the page learn of those around them. */
interface BoundaryContext {
  /** Whether an island is around the component: one that another island renders is a part of it, not a root. */
  readonly insideIsland?: boolean;
}

/**
 * Tells the components below whether they are inside an island. Not a Provider, which prepares for the changes that a
 * server never sees: a page with many islands would take three times as long.
 */
class InsideIsland extends Component<{ value: boolean; children: ComponentChildren }> {
  override getChildContext(): BoundaryContext {
    return { insideIsland: this.props.value };
  }

  override render(): ComponentChildren {
    return this.props.children;
  }
}

/** Makes Preact render a boundary in place of the island that it is about to render. */
export function putBoundaryAround(vnode: VNode, island: Island, page: SlotRegistry): void {
  const { type, props } = vnode;
  const boundary: BoundaryProps = { vnode, type, props, island, page };
  Object.assign(vnode, { type: IslandBoundary, props: boundary });
}

function IslandBoundary(
  { vnode, type, props, island, page }: BoundaryProps,
  { insideIsland }: BoundaryContext,
): VNode {
  // The renderer has read both by now; put back, since an application may render the same vnode again.
  Object.assign(vnode, { type, props });
  const component = type as ComponentType<Props>;
  if (insideIsland) return boundedVNode(component, props as Props, page);

  const { plain, slots } = splitProps(props as Props, page);
  const number = page.addRoot(island, plain, numbersOf(slots));
  const content = boundedVNode(component, { ...plain, ...slots }, page);
  scopeIds(content, `i${number}`);
  const mark = `${ISLAND_MARK}${number}`;
  return jsxTemplate(
    [`<!--${mark}-->`, "", `<!--${END_MARK}${mark}-->`],
    h(InsideIsland, { value: true, children: content }),
    Object.values(slots).map((slot) => h(InertSlot, slot.props)),
  );
}

function boundedVNode(component: ComponentType<Props>, props: Props, page: SlotRegistry): VNode {
  const vnode = h(component, props) as VNode;
  page.bounded.add(vnode);
  return vnode;
}

/** JSX cannot be sent; it becomes slots, which the server renders where the island shows them. */
function splitProps(props: Props, page: SlotRegistry) {
  const plain: Props = {};
  const slots: Record<string, VNode<SlotProps>> = {};
  for (const [name, value] of Object.entries(props)) {
    if (containsJsx(value)) {
      slots[name] = h(Slot, { number: page.newSlot(), content: value, page });
    } else if (value !== undefined) {
      plain[name] = value;
    }
  }
  return { plain, slots };
}

function numbersOf(slots: Record<string, VNode<SlotProps>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [name, slot.props.number]),
  );
}

/** A signal passes for an element in Preact's eyes, but is data. */
function containsJsx(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsJsx);
  return isValidElement(value) && !(value instanceof Signal);
}

/** What an island gets for a JSX prop. Inside it the page goes on: islands there are roots again. */
function Slot({ number, content, page }: SlotProps): VNode {
  page.shownSlots.add(number);
  const mark = `${SLOT_MARK}${number}`;
  return jsxTemplate(
    [`<!--${mark}-->`, `<!--${END_MARK}${mark}-->`],
    outsideIsland(number, content),
  );
}

/** Stands behind the island and ships the slot for later, if the island did not show it. */
function InertSlot({ number, content, page }: SlotProps): VNode | null {
  if (page.shownSlots.has(number)) return null;
  return jsxTemplate(
    [`<template ${SLOT_ATTRIBUTE}="${number}">`, "</template>"],
    outsideIsland(number, content),
  );
}

function outsideIsland(number: number, content: unknown): ComponentChildren {
  const children = content as ComponentChildren;
  return scopeIds(h(InsideIsland, { value: false, children }) as VNode, `s${number}`);
}
