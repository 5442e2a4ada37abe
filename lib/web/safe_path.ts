import type { Texts } from "@/lib/shared/form.ts";
import { anyRowPath } from "@/lib/shared/user_rows.ts";

/** A path of this site, from a field that anybody may have filled: anything else is `fallback`. */
export function safePath(text: string | undefined, fallback: string): string {
  // A backslash or a second slash would lead browsers to another host, and a header is ASCII.
  return text !== undefined && /^\/(?!\/)[!-[\]-~]*$/.test(text) ? text : fallback;
}

/**
 * Returns the path of the page after a form about a user, from its field `next`. A form that serves
 * all rows of a list leads to the row of the user.
 */
export function pathAfter(texts: Texts, user_id: number, fallback: string): string {
  const next = safePath(texts.get("next"), fallback);
  return next.endsWith(anyRowPath("")) ? `${next}${user_id}` : next;
}
