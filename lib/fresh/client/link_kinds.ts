/** Relations of which a document has as many as it likes: two with different URLs are two things. */
const MANY = new Set([
  "stylesheet",
  "preload",
  "modulepreload",
  "prefetch",
  "preconnect",
  "dns-prefetch",
]);

/** Whether links of this relation are told apart by their `href`; of others, as `canonical`, there is one. */
export function isToldApartByHref(rel: unknown): boolean {
  return typeof rel === "string" && rel.split(" ").some((name) => MANY.has(name));
}
