/** Relations that a document may have any number of links for. */
const MANY = new Set([
  "stylesheet",
  "preload",
  "modulepreload",
  "prefetch",
  "preconnect",
  "dns-prefetch",
]);

/** Whether links of a relation differ by their `href`. Of others, such as `canonical`, there is only one. */
export function isToldApartByHref(rel: unknown): boolean {
  return typeof rel === "string" && rel.split(" ").some((name) => MANY.has(name));
}
