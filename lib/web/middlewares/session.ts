import { authenticate } from "@/lib/domain/accounts/sessions.ts";
import { COLOR_MODES } from "@/lib/shared/color_mode.ts";
import { type Flash, readFlash } from "@/lib/shared/flash.ts";
import { clearCookie, flashCookie, readCookies } from "../cookies.ts";
import { define } from "../define.ts";

const VIEWING_IS_OVER: Flash = { code: "stop_viewing.over" };

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
  const found = token ? await authenticate(services, source, token) : undefined;
  if (found) {
    state.actor = found.actor;
    state.viewer = found.viewer;
  }
  if (found?.viewingIsOver) state.flash = VIEWING_IS_OVER;
  const response = await ctx.next();
  const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (found?.viewingIsOver && !(isPage && response.ok)) {
    response.headers.append("set-cookie", flashCookie(services.settings, VIEWING_IS_OVER));
  } else if (isPage && cookies.flash !== undefined) {
    // The rendered page has shown the message.
    response.headers.append("set-cookie", clearCookie(services.settings, "flash"));
  }
  return response;
});

/** Whether a path needs no session. A page has many avatars, and everybody may see them. */
function isForEverybody({ pathname }: URL): boolean {
  return pathname.startsWith("/images/");
}
