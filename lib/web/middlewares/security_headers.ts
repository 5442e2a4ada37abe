import type { Settings } from "@/lib/settings.ts";
import { isSecure } from "../cookies.ts";
import { define } from "../define.ts";

const YEAR_SECONDS = 31_536_000;
const REFERRER_POLICY = "strict-origin-when-cross-origin";
const CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * Sets the security headers on every answer, including errors.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
 */
export function securityHeaders(settings: Pick<Settings, "appUrl">) {
  const fixed: [string, string][] = [
    ["x-content-type-options", "nosniff"],
    ["x-frame-options", "DENY"],
    ["cross-origin-opener-policy", "same-origin"],
    ["cross-origin-resource-policy", "same-origin"],
    ["permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"],
  ];
  const secure = isSecure(settings);
  if (secure) {
    fixed.push(["strict-transport-security", `max-age=${YEAR_SECONDS}; includeSubDomains`]);
  }
  const policyOfPage = (policy: string) => {
    const strict = withoutInline(policy);
    return secure ? strict : withoutUpgrade(strict);
  };
  return define.middleware(async (ctx) => {
    const response = await ctx.next();
    const { headers } = response;
    for (const [name, value] of fixed) headers.set(name, value);
    // Pages with a secret in their URL set a stricter policy.
    if (!headers.has("referrer-policy")) headers.set("referrer-policy", REFERRER_POLICY);
    // Rendered pages bring their own policy. Everything else may load nothing.
    const policy = headers.get("content-security-policy");
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    const rightPolicy = isPage && policy !== null ? policyOfPage(policy) : CLOSED_POLICY;
    if (rightPolicy !== policy) headers.set("content-security-policy", rightPolicy);
    // Static files and avatars set their own lifetime. Everything else may be private.
    if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
    return response;
  });
}

/** Removes what Fresh allows for pages without a nonce: inline code. */
function withoutInline(policy: string): string {
  return policy.replaceAll(" 'unsafe-inline'", "");
}

/** Removes the upgrade to https, which would break plain http in a local network. */
function withoutUpgrade(policy: string): string {
  const directives = policy.split(";").map((directive) => directive.trim());
  return directives.filter((directive) => directive !== "upgrade-insecure-requests").join("; ");
}
