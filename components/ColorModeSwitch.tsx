import { COLOR_MODES, type ColorMode } from "@/lib/shared/color_mode.ts";

interface ColorModeSwitchProps {
  readonly mode: ColorMode;
  /** Where to return to. */
  readonly path: string;
}

const LABELS = { light: "Light", dark: "Dark", auto: "System" };

/** Chooses the colour mode with a plain form, so that the server renders it. */
export function ColorModeSwitch({ mode, path }: ColorModeSwitchProps) {
  return (
    <form method="post" action="/color_mode">
      <input type="hidden" name="next" value={path} />
      <div class="color-mode" role="group" aria-label="Colours">
        {COLOR_MODES.map((value) => (
          <button
            key={value}
            type="submit"
            name="mode"
            value={value}
            aria-pressed={value === mode ? "true" : "false"}
          >
            {LABELS[value]}
          </button>
        ))}
      </div>
    </form>
  );
}
