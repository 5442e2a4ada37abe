/**
 * The form of a username or address under which it is unique: two that differ in case, in composed
 * and decomposed accents or in full-width letters alone are the same. Computed here and not by the
 * database's `lower()`, whose answer depends on the server's locale.
 *
 * @see https://www.unicode.org/reports/tr15/ NFKC
 */
export function foldKey(value: string): string {
  return value.trim().normalize("NFKC").toLowerCase();
}
