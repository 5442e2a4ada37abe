/** The icons that the pages use. `deno task icons` puts them into `static/icons.svg`. */
export const ICON_NAMES = [
  "arrow-down",
  "arrow-up",
  "box-arrow-right",
  "braces",
  "check-circle",
  "chevron-expand",
  "chevron-left",
  "chevron-right",
  "clock-history",
  "dash-circle",
  "envelope",
  "exclamation-triangle",
  "gear",
  "info-circle",
  "journal-text",
  "key",
  "laptop",
  "list",
  "lock",
  "pencil",
  "people",
  "person",
  "person-plus",
  "search",
  "shield-check",
  "speedometer2",
  "trash",
  "x-lg",
] as const;

/** Name of an icon of Bootstrap Icons. */
export type IconName = typeof ICON_NAMES[number];
