import { computed, signal } from "@preact/signals";
import { type RichTable, Special, Tag } from "./wire.ts";

type Read = (reference: number) => unknown;
type TemporalKind = Exclude<keyof typeof Temporal, "Now">;
type Keep = (value: unknown) => void;

/**
 * Restores what `encodeProps()` wrote. Loaded by pages whose islands have props beyond plain JSON, and only by them.
 *
 * @throws {TypeError} where the browser lacks a type, as old ones lack `Temporal`.
 */
export function decodeProps(table: RichTable): unknown {
  const values = new Map<number, unknown>();
  const read: Read = (reference) => {
    if (reference < 0) return specials.get(reference);
    if (!values.has(reference)) {
      decodeEntry(table[reference], read, (value) => values.set(reference, value));
    }
    return values.get(reference);
  };
  return read(0);
}

const specials = new Map<number, number>([
  [Special.nan, NaN],
  [Special.infinity, Infinity],
  [Special.negativeInfinity, -Infinity],
  [Special.negativeZero, -0],
]);

/** Decodes one entry. Containers are kept before their members are read: a member may refer back to them. */
function decodeEntry(entry: unknown, read: Read, keep: Keep): void {
  if (typeof entry !== "object" || entry === null) return keep(entry);
  if (!Array.isArray(entry)) return decodeRecord(entry, read, keep);
  // Only tags are strings, so a list of references finds neither decoder.
  const [tag, ...args] = entry;
  const leaf = leaves[tag];
  if (leaf !== undefined) return keep(leaf(args[0], args[1]));
  const container = containers[tag];
  if (container !== undefined) return container(args, read, keep);
  const list: unknown[] = new Array(entry.length);
  keep(list);
  entry.forEach((reference, i) => {
    if (reference !== Special.hole) list[i] = read(reference);
  });
}

function decodeRecord(entry: object, read: Read, keep: Keep): void {
  const record = {};
  keep(record);
  for (const [key, reference] of Object.entries(entry)) {
    // Not an assignment: that of `__proto__` would set the prototype.
    Object.defineProperty(record, key, {
      value: read(reference),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

/** Values that contain no others. */
const leaves: Record<string, (first: string, second: string) => unknown> = {
  [Tag.bigint]: (digits) => BigInt(digits),
  [Tag.date]: (milliseconds) => new Date(Number(milliseconds)),
  [Tag.url]: (href) => new URL(href),
  [Tag.regExp]: (source, flags) => new RegExp(source, flags),
  [Tag.bytes]: (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  [Tag.temporal]: (name, text) => Temporal[name as TemporalKind].from(text),
};

const containers: Record<string, (members: number[], read: Read, keep: Keep) => void> = {
  [Tag.set](members, read, keep) {
    const set = new Set();
    keep(set);
    for (const member of members) set.add(read(member));
  },
  [Tag.map](members, read, keep) {
    const map = new Map();
    keep(map);
    for (let i = 0; i < members.length; i += 2) map.set(read(members[i]!), read(members[i + 1]!));
  },
  [Tag.signal](members, read, keep) {
    const result = signal<unknown>();
    keep(result);
    result.value = read(members[0]!);
  },
  [Tag.computed](members, read, keep) {
    const value = signal<unknown>();
    keep(computed(() => value.value));
    value.value = read(members[0]!);
  },
};
