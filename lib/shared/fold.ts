/**
 * Returns the form in which texts are compared. It ignores differences in case, composed or
 * decomposed accents, full-width letters and invisible characters. Folding a folded text changes
 * nothing. Done here because the database's `lower()` depends on the server's locale.
 *
 * The dotless ı stays different from i, as in Unicode's own table: outside Turkish only their
 * capitals are equal.
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
 * Returns the key of an e-mail address: {@linkcode foldKey} with the domain in ASCII, so that
 * `info@müller.example` and `info@xn--mller-kva.example` are one address.
 */
export function emailKey(address: string): string {
  return foldKey(asciiAddress(address.trim()));
}

/**
 * Returns the address with its domain in ASCII, as in DNS, or unchanged if the domain has no such
 * form.
 */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  if (at === 0 || ASCII.test(domain) || NO_DOMAIN.test(domain)) return address;
  const host = URL.parse(`http://${domain}`)?.hostname;
  return host ? address.slice(0, at) + host : address;
}

// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7F]*$/;

/** Characters that a URL would not read as part of the host. */
const NO_DOMAIN = /[^\p{L}\p{M}\p{N}.。．｡\-]/v;

const UNSEEN = /\p{Default_Ignorable_Code_Point}+/gv;

function foldOnce(text: string): string {
  // Decompose first: the iota below a letter moves when it becomes a capital.
  const decomposed = text.replace(UNSEEN, "").normalize("NFKD");
  return decomposed.replace(/[^ı]+/gu, foldCase).replace(UNSEEN, "").normalize("NFKC").trim();
}

/** Applies Unicode's full case folding: `ß`, `ẞ` and `SS` become `ss`, and Σ, ς and σ become σ. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");
}
