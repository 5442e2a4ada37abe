/** How the pages are lit; `auto` follows the system. */
export const COLOR_MODES = ["light", "dark", "auto"] as const;

/** How the pages are lit; `auto` follows the system. */
export type ColorMode = typeof COLOR_MODES[number];

/** The value of `data-bs-theme` on `<html>`; left out, the stylesheet follows the system. */
export function themeOf(mode: ColorMode): "light" | "dark" | undefined {
  return mode === "auto" ? undefined : mode;
}
