/**
 * The form of a text under which it is compared: two texts that differ only in case, in composed or
 * decomposed accents, in full-width letters or in characters that cannot be seen are the same.
 * Folding a folded text changes nothing. Computed here and not by the database's `lower()`, whose
 * answer depends on the server's locale.
 *
 * The dotless ı stays apart from i, as in Unicode's own table: their capitals are the same only
 * outside of Turkish.
 *
 * @see https://www.unicode.org/versions/latest/core-spec/chapter-3/#G53513 caseless matching (D146)
 */
export function foldKey(value: string): string {
  if (ASCII.test(value)) return value.trim().toLowerCase();
  let folded = foldOnce(value);
  for (let next = foldOnce(folded); next !== folded; next = foldOnce(folded)) folded = next;
  return folded;
}

/**
 * The key of an e-mail address: {@linkcode foldKey} with the domain in its ASCII form, so that
 * `info@müller.example` and `info@xn--mller-kva.example` are one address.
 */
export function emailKey(address: string): string {
  return foldKey(asciiAddress(address.trim()));
}

/** The address with its domain as DNS and mail servers have it; unchanged if it has no such form. */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  if (at === 0 || ASCII.test(domain) || NO_DOMAIN.test(domain)) return address;
  const host = URL.parse(`http://${domain}`)?.hostname;
  return host ? address.slice(0, at) + host : address;
}

// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7F]*$/;

/** What a URL takes for something else than a part of the host. */
const NO_DOMAIN = /[^\p{L}\p{M}\p{N}.。．｡\-]/v;

const UNSEEN = /\p{Default_Ignorable_Code_Point}+/gv;

function foldOnce(text: string): string {
  // Decomposed first: the iota below a letter changes its place when it becomes a capital.
  const decomposed = text.replace(UNSEEN, "").normalize("NFKD");
  return decomposed.replace(/[^ı]+/gu, foldCase).replace(UNSEEN, "").normalize("NFKC").trim();
}

/** Unicode's full case folding: `ß`, `ẞ` and `SS` become `ss`, and each Σ, ς and σ becomes σ. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");
}
