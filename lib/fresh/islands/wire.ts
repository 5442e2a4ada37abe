/**
 * What server and browser agree on: comments that mark islands and slots, and the JSON payload with their props.
 *
 * ```html
 * <!--frsh:i0--> HTML of the island <!--frsh:s3--> slot shown <!--/frsh:s3-->
 * <template data-frsh="4">slot not shown</template> <!--/frsh:i0-->
 * ```
 */

/** Begins the comment before an island. The number of the island follows. */
export const ISLAND_MARK = "frsh:i";

/** Begins the comment before a slot that the island shows. The number of the slot follows. */
export const SLOT_MARK = "frsh:s";

/** Begins the comment after an island or a slot. The text of the comment before it follows. */
export const END_MARK = "/";

/** Attribute of the `<template>` with a slot that the island does not show. Its value is the number of the slot. */
export const SLOT_ATTRIBUTE = "data-frsh";

/** Id of the `<script type="application/json">` that holds the {@link Payload}. */
export const PAYLOAD_ID = "__FRSH_STATE";

/** One island of the page: index in {@link Payload.chunks}, name of the export, slot numbers by prop name, other props. */
export type IslandRecord = [
  chunk: number,
  exportName: string,
  slots: Record<string, number>,
  props: Record<string, unknown>,
];

/** What the browser needs to hydrate a page. */
export interface Payload {
  /** URLs of the island modules. */
  readonly chunks: string[];
  readonly islands: IslandRecord[];
}
