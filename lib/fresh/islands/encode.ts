import { computed, Signal } from "@preact/signals";
import { Special, Tag } from "./wire.ts";

/** Props as JSON that is safe inside a `<script>`. */
export interface EncodedProps {
  readonly json: string;
  /** The JSON is a `RichTable` and needs the decoder; otherwise `JSON.parse` restores the props. */
  readonly rich: boolean;
}

/** Thrown when an island is given something that cannot cross to the browser. */
export class UnserializableError extends TypeError {
  override name = "UnserializableError";
}

/**
 * Writes the props of all islands of a page as one value, so that what two islands share is shared in the browser too.
 *
 * @param names Names of the islands, for error messages.
 * @throws {UnserializableError} at a function, a symbol, or JSX below the first level; the message has the path.
 */
export function encodeProps(
  props: readonly Record<string, unknown>[],
  names: readonly string[],
): EncodedProps {
  const rich = !isPlain(props, new Set());
  const json = rich ? new TableWriter(names).write(props) : JSON.stringify(props);
  return { json: escapeForScript(json), rich };
}

/** JSON that is safe inside a `<script>`. */
export function escapedJson(value: unknown): string {
  return escapeForScript(JSON.stringify(value));
}

/** `<` begins everything that could end or confuse a script element: `</script`, `<!--`, `<script`. */
function escapeForScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/** Whether `JSON.parse(JSON.stringify(value))` is the same value, sharing included. */
function isPlain(value: unknown, seen: Set<object>): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      return value === null || isPlainObject(value, seen);
    default:
      return false;
  }
}

function isPlainObject(value: object, seen: Set<object>): boolean {
  if (seen.has(value)) return false;
  seen.add(value);
  if (Array.isArray(value)) {
    // Not every(): it skips holes.
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], seen)) return false;
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((item) => isPlain(item, seen));
}

const computedPrototype = Object.getPrototypeOf(computed(() => 0));

class TableWriter {
  /** Finished entries as JSON; an object gets its place before its members are written, so that cycles end. */
  readonly #entries: string[] = [];
  readonly #references = new Map<unknown, number>();
  /** Keys on the way to the value being written, for error messages. */
  readonly #path: string[] = [];
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  write(root: unknown): string {
    this.#reference(root);
    return `[${this.#entries.join(",")}]`;
  }

  #reference(value: unknown): number {
    const special = specialReference(value);
    if (special !== undefined) return special;
    const known = this.#references.get(value);
    if (known !== undefined) return known;
    const index = this.#entries.push("") - 1;
    this.#references.set(value, index);
    this.#entries[index] = this.#entry(value);
    return index;
  }

  #entry(value: unknown): string {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return JSON.stringify(value);
      case "bigint":
        return tagged(Tag.bigint, String(value));
      case "object":
        return value === null ? "null" : this.#objectEntry(value);
      default:
        throw new UnserializableError(`${this.#where()} is a ${typeof value}`);
    }
  }

  #objectEntry(value: object): string {
    if (Array.isArray(value)) return this.#arrayEntry(value);
    if (value instanceof Signal) {
      const isComputed = Object.getPrototypeOf(value) === computedPrototype;
      const inner = this.#member("value", value.peek());
      return `["${isComputed ? Tag.computed : Tag.signal}",${inner}]`;
    }
    if (value instanceof Map) {
      return taggedReferences(Tag.map, [...value].flat().map((item) => this.#member("map", item)));
    }
    if (value instanceof Set) {
      return taggedReferences(Tag.set, [...value].map((item) => this.#member("set", item)));
    }
    return leafEntry(value) ?? this.#recordEntry(value);
  }

  #arrayEntry(value: unknown[]): string {
    const items: number[] = [];
    for (let i = 0; i < value.length; i++) {
      items.push(i in value ? this.#member(String(i), value[i]) : Special.hole);
    }
    return `[${items}]`;
  }

  #recordEntry(value: object): string {
    if (isJsx(value)) {
      throw new UnserializableError(`${this.#where()} is JSX below the first level`);
    }
    const members = Object.entries(value).map(([key, item]) =>
      `${JSON.stringify(key)}:${this.#member(key, item)}`
    );
    return `{${members}}`;
  }

  #member(key: string, value: unknown): number {
    this.#path.push(key);
    const reference = this.#reference(value);
    this.#path.pop();
    return reference;
  }

  /** The first key on the path is the number of the island. */
  #where(): string {
    const [island, ...keys] = this.#path;
    return `Prop ${keys.join(".")} of island ${this.#names[Number(island)]}`;
  }
}

/** Entries of objects that contain no further values. */
function leafEntry(value: object): string | undefined {
  if (value instanceof Date) return tagged(Tag.date, String(value.getTime()));
  if (value instanceof URL) return tagged(Tag.url, value.href);
  if (value instanceof RegExp) return tagged(Tag.regExp, value.source, value.flags);
  if (value instanceof Uint8Array) return tagged(Tag.bytes, toBase64(value));
  const temporal = temporalName(value);
  if (temporal !== undefined) return tagged(Tag.temporal, temporal, String(value));
  return undefined;
}

function specialReference(value: unknown): number | undefined {
  if (value === undefined) return Special.undefined;
  if (typeof value !== "number") return undefined;
  if (Number.isNaN(value)) return Special.nan;
  if (value === Infinity) return Special.infinity;
  if (value === -Infinity) return Special.negativeInfinity;
  return Object.is(value, -0) ? Special.negativeZero : undefined;
}

function tagged(tag: string, ...rest: string[]): string {
  return JSON.stringify([tag, ...rest]);
}

function taggedReferences(tag: string, references: number[]): string {
  return `[${[`"${tag}"`, ...references]}]`;
}

/** `PlainDate` for a `Temporal.PlainDate`; all eight kinds carry their name as the string tag. */
function temporalName(value: object): string | undefined {
  const tag = Object.prototype.toString.call(value);
  return tag.startsWith("[object Temporal.")
    ? tag.slice("[object Temporal.".length, -1)
    : undefined;
}

/** Preact sets `constructor` to undefined on its vnodes, so that JSON can never pass for one. */
function isJsx(value: object): boolean {
  return "type" in value && "props" in value && value.constructor === undefined;
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
