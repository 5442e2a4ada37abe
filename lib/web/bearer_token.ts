/**
 * Returns the token of a program that sends one instead of cookies, or `""` for an empty one. Other
 * schemes do not count: a proxy may ask for `Basic`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function bearerToken({ headers }: Request): string | undefined {
  return /^bearer\b(.*)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim();
}
