import type { OneTimeKind } from "@/lib/shared/one_time.ts";

/** The words of an e-mail. `{app}`, `{life}` and the facts of the e-mail may stand in braces. */
export interface LetterWords {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The link that works once, if it has one. */
  readonly oneTime?: OneTimeKind;
  /** The button, and the page that it opens unless {@linkcode oneTime} says which. */
  readonly button?: { readonly label: string; readonly path?: string };
  /** What to do if it was not you. */
  readonly otherwise: string;
  /** Strangers learn the name of an admin who writes to them, and not their browser and network. */
  readonly from?: "inviter";
}
