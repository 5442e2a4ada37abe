import { h, isValidElement, type VNode } from "preact";
import { Signal } from "@preact/signals";

type Props = Record<string, unknown>;

/**
 * What an island gets for a prop that is JSX, which cannot be sent, and for children that are text: the server renders it
 * where the island shows it.
 */
export interface SlotProps {
  readonly number: number;
  readonly content: unknown;
}

/** Numbers the slots of a page. */
export interface SlotCounter {
  newSlot(): number;
}

/** The props of an island. */
export interface SplitProps {
  /** What the browser is sent. */
  readonly plain: Props;
  /** What takes the place of JSX. */
  readonly slots: Record<string, VNode<SlotProps>>;
}

/** Marks a slot for the renderer, which never runs it. */
export function Slot(_props: SlotProps): null {
  return null;
}

/** Puts slots in the place of JSX. */
export function splitProps(props: Props, counter: SlotCounter): SplitProps {
  const plain: Props = {};
  const slots: Record<string, VNode<SlotProps>> = {};
  for (const name in props) {
    const value: unknown = props[name];
    if (containsJsx(value) || (name === "children" && isText(value))) {
      slots[name] = h(Slot, { number: counter.newSlot(), content: value });
    } else if (value !== undefined) plain[name] = value;
  }
  return { plain, slots };
}

/** Stands in the HTML already: to send it with the props as well would be to send it twice. */
function isText(children: unknown): boolean {
  if (Array.isArray(children)) return children.length > 0 && children.every(isText);
  return ["string", "number", "bigint"].includes(typeof children);
}

/** A signal passes for an element in Preact's eyes, but is data. */
function containsJsx(value: unknown): boolean {
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.some(containsJsx);
  return isValidElement(value) && !(value instanceof Signal);
}
