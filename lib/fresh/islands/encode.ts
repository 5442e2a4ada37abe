import { Signal } from "@preact/signals";
import { DevalueError, stringify } from "devalue";
import { isPlainTree } from "./plain_tree.ts";
import { isJsx } from "./slots.ts";
import type { Payload } from "./wire.ts";

/** Thrown when an island is given something that cannot be sent to the browser. */
export class UnserializableError extends TypeError {
  override name = "UnserializableError";
}

/**
 * Writes a payload as JSON that is safe inside a `<script>`. Whatever two islands share, they share in the browser too.
 * Most pages have only plain props, which are written as they are. devalue, whose output is an array, takes the rest.
 *
 * @param names Names of the islands, for error messages.
 * @throws {UnserializableError} At a function, a symbol, or JSX below the first level. The message names the prop.
 */
export function encodePayload(payload: Payload, names: readonly string[]): string {
  if (isPlainTree(payload)) return JSON.stringify(payload).replaceAll("<", "\\u003c");
  try {
    return stringify(payload, REDUCERS, { operations: OPERATIONS });
  } catch (error) {
    if (!(error instanceof DevalueError)) throw error;
    const [, number, path] = /^\.islands\[(\d+)\]\[\d\]\.?(.*)$/s.exec(error.path) ?? [];
    const kind = error.value === REFUSED_JSX
      ? "JSX below the first level"
      : `a ${typeof error.value}`;
    throw new UnserializableError(`Prop ${path} of island ${names[Number(number)]} is ${kind}`);
  }
}

/** Stands for JSX, since devalue refuses a function and reports its path. */
const REFUSED_JSX = () => {};

/** Replaces values that devalue does not support. `decodePayload()` restores them. */
const REDUCERS = {
  Signal: (value: unknown) => isSignal(value) && !isComputed(value) && { value: value.peek() },
  Computed: (value: unknown) => isSignal(value) && isComputed(value) && { value: value.peek() },
  Jsx: (value: unknown) => isJsx(value) && REFUSED_JSX,
  // devalue refuses the key, since a careless receiver would assign it.
  Entries: (value: unknown) => isProtoHolder(value) && Object.entries(value),
};

const OPERATIONS = {
  /** Sends class instances as plain objects, and ignores symbols as keys. */
  shapeOf: (value: object) => ({ kind: "plain" as const, keys: Object.keys(value) }),
  /** Sends only the visible bytes. The rest of the buffer may belong to others. */
  viewInfo(view: { buffer: ArrayBuffer; byteOffset: number; byteLength: number; length: number }) {
    const buffer = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    const { byteLength } = buffer;
    return { buffer, byteOffset: 0, byteLength, bufferByteLength: byteLength, length: view.length };
  },
};

function isSignal(value: unknown): value is Signal<unknown> {
  return value instanceof Signal;
}

function isComputed(signal: Signal<unknown>): boolean {
  return Object.getPrototypeOf(signal) !== Signal.prototype;
}

function isProtoHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__");
}
