/** A header that answers have, whatever they are. */
export interface SecurityHeader {
  readonly name: string;
  readonly value: string;
  /** The requirement of OWASP's ASVS 5.0 that it meets. */
  readonly asvs: string;
}

/**
 * The headers that every answer has, errors included.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
 */
export const SECURITY_HEADERS: readonly SecurityHeader[] = [
  { name: "x-content-type-options", value: "nosniff", asvs: "3.4.4" },
  { name: "x-frame-options", value: "DENY", asvs: "3.4.6" },
  { name: "cross-origin-opener-policy", value: "same-origin", asvs: "3.4.8" },
  { name: "cross-origin-resource-policy", value: "same-origin", asvs: "3.5.8" },
  {
    name: "permissions-policy",
    value: "camera=(), geolocation=(), microphone=(), payment=()",
    asvs: "3.1.1",
  },
];

const YEAR_SECONDS = 31_536_000;

/** With it browsers come by https only. Every answer over https has it. */
export const HTTPS_HEADER: SecurityHeader = {
  name: "strict-transport-security",
  value: `max-age=${YEAR_SECONDS}; includeSubDomains`,
  asvs: "3.4.1",
};

/** What other sites learn of an address. Pages with a secret in theirs set a stricter one. */
export const REFERRER_HEADER: SecurityHeader = {
  name: "referrer-policy",
  value: "strict-origin-when-cross-origin",
  asvs: "3.4.5",
};

/** Answers that may be private: all but static files and avatars, which set their own lifetime. */
export const CACHE_HEADER: SecurityHeader = {
  name: "cache-control",
  value: "private, no-store",
  asvs: "14.3.2",
};

/** The content security policy of what is no page: it may load nothing. */
export const CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * What pages may load: their own files, scripts and styles with a nonce, and avatars.
 * `'unsafe-inline'` stands where the nonce of the page goes.
 *
 * @param avatars the origin that publishes avatars, if it is another one
 */
export function pageDirectives(avatars?: string): string[] {
  return [
    "default-src 'none'",
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    ["img-src 'self' data: blob:", ...(avatars === undefined ? [] : [avatars])].join(" "),
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
}
