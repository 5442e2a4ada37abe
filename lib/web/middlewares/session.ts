import { authenticate } from "@/lib/domain/accounts/sessions.ts";
import { COLOR_MODES } from "@/lib/shared/color_mode.ts";
import { readFlash } from "@/lib/shared/flash.ts";
import { clearCookie, readCookies } from "../cookies.ts";
import { define } from "../define.ts";

/** Finds out from the cookies who sends the request. */
export const session = define.middleware(async (ctx) => {
  const { state } = ctx;
  const { services } = state;
  const cookies = readCookies(services.settings, ctx.req.headers);
  const { device } = cookies;
  const source = { ...state.source, ...(device !== undefined && { device }) };
  state.source = source;
  state.actor = { kind: "anonymous", source };
  state.colorMode = COLOR_MODES.find((mode) => mode === cookies.color_mode) ?? "auto";
  const flash = readFlash(cookies.flash);
  if (flash) state.flash = flash;

  const token = isForEverybody(ctx.url) ? undefined : cookies.session;
  const found = token && await authenticate(services, source, token);
  if (found) Object.assign(state, found);
  const response = await ctx.next();
  // The rendered page has shown the message.
  if (
    cookies.flash !== undefined && response.headers.get("content-type")?.startsWith("text/html")
  ) {
    response.headers.append("set-cookie", clearCookie(services.settings, "flash"));
  }
  return response;
});

/** Whether a path needs no session. A page has many avatars, and everybody may see them. */
function isForEverybody({ pathname }: URL): boolean {
  return pathname.startsWith("/images/");
}
