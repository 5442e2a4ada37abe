/**
 * Whether JSON can hold a value so that it comes back the same: strings, numbers, booleans, null, and arrays and objects
 * of them, none of which occurs twice.
 */
export function isPlainTree(value: unknown): boolean {
  return isTree(value, new Set());
}

function isTree(value: unknown, seen: Set<object>): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      if (value === null) return true;
      // JSON would write what is shared twice, and a cycle without end.
      if (seen.has(value)) return false;
      seen.add(value);
      return isPlainHolder(value) && membersOf(value).every((member) => isTree(member, seen));
    default:
      return false;
  }
}

/** Arrays and objects without a class. A `Date` is none, although JSON writes it. */
function isPlainHolder(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** A hole of an array is a member, since `every()` would skip it. */
function membersOf(value: object): unknown[] {
  return Array.isArray(value) ? Array.from(value) : Object.values(value);
}
