import { choice } from "@/lib/shared/fields.ts";
import { COLOR_MODES } from "@/lib/shared/color_mode.ts";
import { requireForm } from "@/lib/web/require_form.ts";
import { clearCookie, setCookie } from "@/lib/web/cookies.ts";
import { define } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { safePath } from "@/lib/web/safe_path.ts";

const YEAR_SECONDS = 31_536_000;
const colorModeForm = { mode: choice({ label: "Colours", options: COLOR_MODES }) };

/** Stores the colour mode in a cookie. */
export const handler = define.handlers({
  POST: async (ctx) => {
    const { settings } = ctx.state.services;
    const { texts } = await readInput(ctx);
    const { mode } = requireForm(colorModeForm, texts);
    const cookie = mode === "auto"
      ? clearCookie(settings, "color_mode")
      : setCookie(settings, "color_mode", mode, YEAR_SECONDS);
    const headers = { location: safePath(texts.get("next"), "/"), "set-cookie": cookie };
    return new Response(null, { status: 303, headers });
  },
});
