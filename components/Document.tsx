import type { ComponentChildren } from "preact";
import { asset } from "fresh/runtime";
import type { ColorMode } from "@/lib/shared/color_mode.ts";

interface DocumentProps {
  /** Title of a page without a {@linkcode Title}. */
  readonly appName: string;
  readonly colorMode: ColorMode;
  readonly children: ComponentChildren;
}

const END_ID = "page_end";

/**
 * The first picture of a page is of all of it: half a row of a table would move when its other half
 * arrives. Preact's types do not know `blocking`.
 *
 * @see https://html.spec.whatwg.org/multipage/links.html#link-type-expect
 */
const WAIT_FOR_END = { rel: "expect", href: `#${END_ID}`, blocking: "render" };

/**
 * The HTML document around every page. Without a chosen theme the stylesheet follows the system.
 * Search engines list only pages whose `<Head>` allows it.
 */
export function Document({ appName, colorMode, children }: DocumentProps) {
  return (
    <html lang="en" data-bs-theme={colorMode === "auto" ? undefined : colorMode}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={colorMode === "auto" ? "light dark" : colorMode} />
        <meta name="robots" content="noindex" />
        <title>{appName}</title>
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={asset("/app.css")} />
        <link {...WAIT_FOR_END} />
      </head>
      <body>
        {children}
        <div id={END_ID} />
      </body>
    </html>
  );
}
