/** The part of Fresh that runs on the server and in islands alike. */

import type { ComponentChildren } from "preact";
import { useHead } from "./client/head.ts";

export { asset, assetSrcSet } from "./assets.ts";
export { HttpError } from "./http_error.ts";

/** Whether the code runs in a browser. */
export const IS_BROWSER = typeof document !== "undefined";

/** What `<Head>` takes. */
export interface HeadProps {
  /** `title`, `meta`, `link`, `script`, `style`, `base`, `noscript` and `template` elements. */
  children?: ComponentChildren;
}

/**
 * Moves its children into the head of the document. An element with the same `key`, else one of the same kind, is
 * replaced; the title always is.
 */
export function Head({ children }: HeadProps): ComponentChildren {
  useHead(children);
  // On the server the renderer collects the children as they pass by.
  return IS_BROWSER ? null : children;
}

/**
 * The attributes of partials, which are upstream's. Without this declaration they would do nothing and nobody would hear
 * of it, for JSX takes any attribute that has a hyphen.
 */
declare module "preact" {
  namespace JSX {
    interface HTMLAttributes<RefType extends EventTarget = EventTarget> {
      "f-client-nav"?: never;
      "f-partial"?: never;
      "f-view-transition"?: never;
    }
  }
}
