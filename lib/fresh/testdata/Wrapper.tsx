import type { VNode } from "preact";
import type { PageProps } from "../mod.ts";

/** The head of a page that asks for none. */
export const EMPTY_HEAD = '<head><meta charset="utf-8"/></head>';

/** An app wrapper as applications write it. */
export function Wrapper({ Component }: PageProps): VNode {
  return (
    <html lang="en">
      <head>
        <title>Wrapper</title>
        <meta name="description" content="wrapper" />
      </head>
      <body class="app">
        <Component />
      </body>
    </html>
  );
}
