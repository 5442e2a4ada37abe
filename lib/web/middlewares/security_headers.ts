import {
  CACHE_HEADER,
  CLOSED_POLICY,
  HTTPS_HEADER,
  REFERRER_HEADER,
  SECURITY_HEADERS,
} from "@/lib/security_headers.ts";
import type { Settings } from "@/lib/settings.ts";
import { isSecure } from "../cookies.ts";
import { define } from "../define.ts";

/** Sets the security headers on every answer, including errors. */
export function securityHeaders(settings: Pick<Settings, "appUrl">) {
  const secure = isSecure(settings);
  const fixed = secure ? [...SECURITY_HEADERS, HTTPS_HEADER] : SECURITY_HEADERS;
  const policyOfPage = (policy: string) => {
    const strict = withoutInline(policy);
    return secure ? strict : withoutUpgrade(strict);
  };
  return define.middleware(async (ctx) => {
    const response = await ctx.next();
    const { headers } = response;
    for (const { name, value } of fixed) headers.set(name, value);
    for (const { name, value } of [REFERRER_HEADER, CACHE_HEADER]) {
      if (!headers.has(name)) headers.set(name, value);
    }
    // Rendered pages bring their own policy. Everything else may load nothing.
    const policy = headers.get("content-security-policy");
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    const rightPolicy = isPage && policy !== null ? policyOfPage(policy) : CLOSED_POLICY;
    if (rightPolicy !== policy) headers.set("content-security-policy", rightPolicy);
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
