import unhomoglyph from "unhomoglyph";
import { foldKey } from "./shared/fold.ts";

/**
 * What a username looks like: `аdmin` with a Cyrillic а looks like `admin`, and the Cyrillic `сосо`
 * like `coco`. Two users whose names look the same could pass for each other.
 *
 * Of ASCII letters and digits only the case is folded: `rn` and `m`, or `0` and `O`, stay apart, since
 * ordinary names differ in nothing else.
 *
 * @see https://www.unicode.org/reports/tr39/#Confusable_Detection
 */
export function lookOf(username: string): string {
  return foldKey(username.normalize("NFKC").normalize("NFD").replace(NOT_ASCII, prototypeOf));
}

// deno-lint-ignore no-control-regex
const NOT_ASCII = /[^\x00-\x7F]/gu;

/** Unicode's table leads I and l to the same letter, and m to r and n. */
function prototypeOf(character: string): string {
  const prototype = unhomoglyph(character);
  if (prototype === "l" && /\p{Lu}/u.test(character)) return "i";
  return prototype.replace("rn", "m");
}
