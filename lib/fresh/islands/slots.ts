import { h, type VNode } from "preact";

type Props = Record<string, unknown>;

/**
 * Replaces a prop of an island that is JSX, which cannot be sent, or children that are text. The server renders it where
 * the island shows it.
 */
export interface SlotProps {
  readonly number: number;
  readonly content: unknown;
}

/** The props of an island. */
export interface SplitProps {
  /** The props that the browser is sent. */
  readonly plain: Props;
  /** What replaces JSX. */
  readonly slots: Record<string, VNode<SlotProps>>;
}

/** Marks a slot. The renderer never runs it. */
export function Slot(_props: SlotProps): null {
  return null;
}

/** Replaces JSX among the props of an island with slots, numbered by `newSlot`. */
export function splitProps(props: Props, newSlot: () => number): SplitProps {
  const plain: Props = {};
  const slots: Record<string, VNode<SlotProps>> = {};
  for (const name in props) {
    const value: unknown = props[name];
    if (containsJsx(value) || (name === "children" && isText(value))) {
      slots[name] = h(Slot, { number: newSlot(), content: value });
    } else if (value !== undefined) plain[name] = value;
  }
  return { plain, slots };
}

/** Whether children are text. The HTML contains it already, so it is not sent with the props. */
function isText(children: unknown): boolean {
  if (Array.isArray(children)) return children.length > 0 && children.every(isText);
  return ["string", "number", "bigint"].includes(typeof children);
}

function containsJsx(value: unknown): boolean {
  return Array.isArray(value) ? value.some(containsJsx) : isJsx(value);
}

/**
 * Whether a value is a vnode: Preact gives each an own `constructor` that is undefined, so that JSON can never pass for
 * one. Signals inherit theirs, and objects without a prototype have none.
 */
export function isJsx(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "constructor") &&
    value.constructor === undefined;
}
