import { HttpError } from "fresh";
import { authenticateKey } from "@/lib/domain/accounts/api_keys.ts";
import { authenticate } from "@/lib/domain/accounts/sessions.ts";
import { COLOR_MODES } from "@/lib/shared/color_mode.ts";
import { type Flash, readFlash } from "@/lib/shared/flash.ts";
import { bearerToken } from "../bearer_token.ts";
import { clearCookie, flashCookie, readCookies } from "../cookies.ts";
import { define } from "../define.ts";

const VIEWING_IS_OVER: Flash = { code: "stop_viewing.over" };

/**
 * Finds out who sends the request: from the API key if there is one, otherwise from the cookies. A
 * request with a key never uses its cookies, so a wrong key is refused.
 */
export const session = define.middleware(async (ctx) => {
  const { state } = ctx;
  const { services } = state;
  const bearer = bearerToken(ctx.req);
  if (bearer !== undefined) {
    state.actor = { kind: "anonymous", source: state.source };
    state.colorMode = "auto";
    if (!isForEverybody(ctx.url)) {
      Object.assign(state, await authenticateKey(services, state.source, bearer));
    }
    const response = await ctx.next();
    if (isPage(response)) throw new HttpError(406, "Pages need a browser that has signed in");
    return response;
  }
  const cookies = readCookies(services.settings, ctx.req.headers);
  const { device } = cookies;
  const source = { ...state.source, ...(device !== undefined && { device }) };
  state.source = source;
  state.actor = { kind: "anonymous", source };
  state.colorMode = COLOR_MODES.find((mode) => mode === cookies.color_mode) ?? "auto";
  state.stays = cookies.stay === "1";
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
  if (found?.viewingIsOver && !(isPage(response) && response.ok)) {
    response.headers.append("set-cookie", flashCookie(services.settings, VIEWING_IS_OVER));
  } else if (isPage(response) && cookies.flash !== undefined) {
    // The rendered page has shown the message.
    response.headers.append("set-cookie", clearCookie(services.settings, "flash"));
  }
  return response;
});

/**
 * Whether a path needs no session. A page has many avatars, and everybody may see them. Health is
 * asked for often, and even without a database.
 */
function isForEverybody({ pathname }: URL): boolean {
  return pathname.startsWith("/images/") || pathname === "/healthz" || pathname === "/readyz";
}

function isPage({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/html") === true;
}
