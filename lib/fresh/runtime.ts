/** The part of Fresh that runs both on the server and in islands. */

import type { ComponentChildren } from "preact";
import { useHead } from "./client/head.ts";

export { asset, assetSrcSet } from "./assets.ts";
export { HttpError } from "./http_error.ts";

/** Whether the code runs in a browser. */
export const IS_BROWSER = typeof document !== "undefined";

/** The props of `<Head>`. */
export interface HeadProps {
  /** `title`, `meta`, `link`, `script`, `style`, `base`, `noscript` and `template` elements. */
  children?: ComponentChildren;
}

/**
 * Moves its children into the head of the document. Each replaces the element with the same `key`, or else one of the
 * same kind. A title always replaces the title.
 */
export function Head({ children }: HeadProps): ComponentChildren {
  useHead(children);
  // On the server, the renderer collects the children while it writes the page.
  return IS_BROWSER ? null : children;
}

/**
 * Refuses the attributes of partials, which only upstream has. JSX accepts any attribute with a hyphen, so they would
 * silently do nothing.
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
