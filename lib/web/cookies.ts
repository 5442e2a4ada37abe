import { parseCookie, stringifySetCookie } from "cookie";
import type { Settings } from "@/lib/settings.ts";

/** The cookies of this application. */
export type CookieName = "session" | "flash" | "color_mode" | "setup";

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
  for (const name of ["session", "flash", "color_mode", "setup"] as const) {
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
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure: isSecure(settings),
    ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
  });
}

/** Returns the session cookie, which lasts as long as a session can. */
export function sessionCookie(settings: Site & Pick<Settings, "sessionMaxHours">, token: string) {
  return setCookie(settings, "session", token, settings.sessionMaxHours * 3_600);
}

/** Returns the `Set-Cookie` value that deletes a cookie. */
export function clearCookie(settings: Site, name: CookieName): string {
  return setCookie(settings, name, "", 0);
}

/** Whether the application is used over https. */
export function isSecure(settings: Pick<Settings, "appUrl">): boolean {
  return settings.appUrl.startsWith("https:");
}

/** Over https the prefix keeps other hosts of the domain from setting the cookie. */
function fullName(settings: Site, name: CookieName): string {
  return `${isSecure(settings) ? "__Host-" : ""}${settings.appSlug}_${name}`;
}
