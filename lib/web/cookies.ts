import { parseCookie, stringifySetCookie } from "cookie";
import { type Flash, writeFlash } from "@/lib/shared/flash.ts";
import { DEVICE_DAYS } from "@/lib/shared/limits.ts";
import type { Settings } from "@/lib/settings.ts";

/** The cookies of this application, and the pages that get them. */
const PATHS = {
  session: "/",
  stay: "/",
  device: "/",
  flash: "/",
  color_mode: "/",
  setup: "/setup",
  verify: "/verify_email",
  verify_address: "/verify_email",
  invitation: "/accept_invitation",
  reset: "/reset_password",
  unlock: "/unlock_account",
  change_email: "/change_email",
  undo_email: "/undo_email_change",
  restore: "/restore_account",
  challenge: "/two_factor",
  passkey: "/passkey_login",
} as const;

/** The name of a cookie. */
export type CookieName = keyof typeof PATHS;

/** A cookie that keeps the token of a link. */
export type TokenCookie =
  | "setup"
  | "verify"
  | "invitation"
  | "reset"
  | "unlock"
  | "change_email"
  | "undo_email"
  | "restore";

/** How long after opening a link its form can be sent. */
const TOKEN_SECONDS = 3_600;

/** How long a message waits for the next page. */
const FLASH_SECONDS = 60;

const NAMES = Object.keys(PATHS) as CookieName[];

type Site = Pick<Settings, "appUrl" | "appSlug">;

/**
 * Reads the cookies of this application.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix
 */
export function readCookies(
  settings: Site,
  headers: Headers,
): Partial<Record<CookieName, string>> {
  const header = headers.get("cookie");
  if (header === null) return {};
  const cookies = parseCookie(header);
  const found: Partial<Record<CookieName, string>> = {};
  for (const name of NAMES) {
    const value = cookies[fullName(settings, name)];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** Returns a `Set-Cookie` value. Without an age the cookie ends with the browser's session. */
export function setCookie(
  settings: Site,
  name: CookieName,
  value: string,
  maxAgeSeconds?: number,
): string {
  return stringifySetCookie({
    name: fullName(settings, name),
    value,
    path: PATHS[name],
    httpOnly: true,
    sameSite: "lax",
    secure: isSecure(settings),
    ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
  });
}

/** The page that gets a cookie. */
export function pathOf(name: CookieName): string {
  return PATHS[name];
}

/** The settings of a site, and whether its user stays signed in when the browser is closed. */
interface SessionSite {
  readonly services: { readonly settings: Site & Pick<Settings, "sessionMaxHours"> };
  readonly stays: boolean;
}

/** Returns the session cookie. It ends with the browser, or for users who stay with the session. */
export function sessionCookie(
  { services: { settings }, stays }: SessionSite,
  token: string,
): string {
  return setCookie(settings, "session", token, stays ? sessionSeconds(settings) : undefined);
}

/** Returns the cookies of a new session: its own, and the one by which the browser is known. */
export function newSessionCookies(
  site: SessionSite,
  { token, deviceToken }: { readonly token: string; readonly deviceToken: string },
): string[] {
  const { services: { settings }, stays } = site;
  return [
    sessionCookie(site, token),
    // Later sessions of this sign-in, such as after a new password, last as long.
    stays
      ? setCookie(settings, "stay", "1", sessionSeconds(settings))
      : clearCookie(settings, "stay"),
    setCookie(settings, "device", deviceToken, DEVICE_DAYS * 24 * 3_600),
  ];
}

function sessionSeconds({ sessionMaxHours }: Pick<Settings, "sessionMaxHours">): number {
  return sessionMaxHours * 3_600;
}

/** Returns the cookie of a message that the next page shows. */
export function flashCookie(settings: Site, flash: Flash): string {
  return setCookie(settings, "flash", writeFlash(flash), FLASH_SECONDS);
}

/** Returns the `Set-Cookie` value that deletes a cookie. */
export function clearCookie(settings: Site, name: CookieName): string {
  return setCookie(settings, name, "", 0);
}

/** Whether the application is used over https. */
export function isSecure(settings: Pick<Settings, "appUrl">): boolean {
  return settings.appUrl.startsWith("https:");
}

/**
 * Moves the token of a link from the address, which stays in histories and on shared screens, into a
 * short cookie of the page at `path`.
 */
export function redirectWithToken(settings: Site, name: TokenCookie, token: string) {
  const headers = new Headers({ "location": PATHS[name], "referrer-policy": "no-referrer" });
  headers.set("set-cookie", setCookie(settings, name, token, TOKEN_SECONDS));
  return new Response(null, { status: 303, headers });
}

/**
 * Over https the prefix `__Host-` keeps other hosts of the domain from setting the cookie. Browsers
 * accept it with the path `/` only.
 */
function fullName(settings: Site, name: CookieName): string {
  const prefix = PATHS[name] === "/" ? "__Host-" : "__Secure-";
  return `${isSecure(settings) ? prefix : ""}${settings.appSlug}_${name}`;
}
