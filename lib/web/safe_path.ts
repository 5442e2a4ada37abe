/** A path of this site, from a field that anybody may have filled: anything else is `fallback`. */
export function safePath(text: string | undefined, fallback: string): string {
  // A backslash or a second slash would lead browsers to another host, and a header is ASCII.
  return text !== undefined && /^\/(?!\/)[!-[\]-~]*$/.test(text) ? text : fallback;
}
