import unhomoglyph from "unhomoglyph";
import { foldKey } from "./shared/fold.ts";

/**
 * Returns what a username looks like: `аdmin` with a Cyrillic а looks like `admin`, and the
 * Cyrillic `сосо` like `coco`. Two users whose names look the same could impersonate each other.
 *
 * ASCII letters and digits are only folded in case. `rn` and `m`, or `0` and `O`, stay different,
 * because ordinary names differ in them.
 *
 * @see https://www.unicode.org/reports/tr39/#Confusable_Detection
 */
export function lookOf(username: string): string {
  return foldKey(username.normalize("NFKC").normalize("NFD").replace(NOT_ASCII, prototypeOf));
}

// deno-lint-ignore no-control-regex
const NOT_ASCII = /[^\x00-\x7F]/gu;

/** Corrects Unicode's table, which maps both I and l to l, and m to rn. */
function prototypeOf(character: string): string {
  const prototype = unhomoglyph(character);
  if (prototype === "l" && /\p{Lu}/u.test(character)) return "i";
  return prototype.replace("rn", "m");
}
