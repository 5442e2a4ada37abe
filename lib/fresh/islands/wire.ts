/**
 * What server and browser agree on: comment markers around islands and slots, and the JSON payload with their props.
 *
 * ```html
 * <!--frsh:i0--> HTML of the island <!--frsh:s3--> slot shown <!--/frsh:s3-->
 * <template data-frsh="4">slot not shown</template> <!--/frsh:i0-->
 * ```
 */

/** Begins the comment before an island; the number of the island follows. */
export const ISLAND_MARK = "frsh:i";

/** Begins the comment before a slot that the island shows; the number of the slot follows. */
export const SLOT_MARK = "frsh:s";

/** Begins the comment after an island or a slot; the text of the comment before it follows. */
export const END_MARK = "/";

/** Attribute of the inert `<template>` of a slot that the island does not show; its value is the number of the slot. */
export const SLOT_ATTRIBUTE = "data-frsh";

/** Id of the `<script type="application/json">` that holds the {@link Payload}. */
export const PAYLOAD_ID = "__FRSH_STATE";

/** One island of the page: index into {@link Payload.chunks}, name of the export, slot number by prop name. */
export type IslandRecord = [chunk: number, exportName: string, slots: Record<string, number>];

/** Everything the browser needs to hydrate a page. */
export interface Payload {
  /** URLs of the island modules. */
  chunks: string[];
  islands: IslandRecord[];
  /** The props of all islands: as they are, or a {@link RichTable} when `decoder` is given. */
  props: unknown;
  /** URL of the module that decodes `props`, only where plain JSON does not do. */
  decoder?: string;
}

/**
 * Values in a flat list: an entry is a primitive, an object of references, an array of references, or a tagged value
 * (an array whose first element is a {@link Tag}). A reference is an index into the list, or one of {@link Special}.
 * The first entry is the root. Sharing and cycles survive because every object has one entry.
 */
export type RichTable = unknown[];

/** References to values that JSON lacks. */
export const Special = {
  undefined: -1,
  hole: -2,
  nan: -3,
  infinity: -4,
  negativeInfinity: -5,
  negativeZero: -6,
} as const;

/** First elements of tagged entries. */
export const Tag = {
  bigint: "n",
  date: "D",
  url: "U",
  regExp: "R",
  bytes: "B",
  map: "M",
  set: "S",
  signal: "s",
  computed: "c",
  temporal: "T",
} as const;
