import Bowser from "bowser";

/** Names that come from the package. Others come from the client, who may write anything. */
const BROWSERS = new Set<string | undefined>(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS = new Set<string | undefined>(Object.values(Bowser.OS_MAP));

/** Names the browser of a `User-Agent` header, such as "Firefox on Linux". */
export function browserName(userAgent: string): string {
  // The package throws on an empty text.
  const { browser, os } = Bowser.parse(userAgent || "unknown");
  const name = BROWSERS.has(browser.name) ? browser.name : "an unknown browser";
  return SYSTEMS.has(os.name) ? `${name} on ${os.name}` : `${name}`;
}
