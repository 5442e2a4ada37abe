/** `auto` follows the system. */
export const COLOR_MODES = ["auto", "light", "dark"] as const;

/** Light, dark, or like the system. */
export type ColorMode = typeof COLOR_MODES[number];
