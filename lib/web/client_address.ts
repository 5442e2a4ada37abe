/**
 * The address of the client: that of the connection, unless this is a proxy that is trusted. Then
 * it is the last one in `X-Forwarded-For` which is not such a proxy itself: those before it are the
 * client's own claims.
 */
export function clientAddress(
  info: Deno.ServeHandlerInfo,
  headers: Headers,
  trustedProxies: readonly string[],
): string {
  const peer = "hostname" in info.remoteAddr ? plain(info.remoteAddr.hostname) : "local";
  if (!trustedProxies.includes(peer)) return peer;
  const forwarded = headers.get("x-forwarded-for");
  if (forwarded === null) return peer;
  const hops = forwarded.split(",").map((hop) => plain(hop.trim()));
  return hops.findLast((hop) => isAddress(hop) && !trustedProxies.includes(hop)) ?? peer;
}

/** On a socket that takes both, IPv4 addresses come as IPv6 ones: `::ffff:203.0.113.9`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, "");
}

/** Roughly: it is a key for limits and a text in the log, nothing connects to it. */
function isAddress(text: string): boolean {
  return text.length <= 45 && /^[0-9A-Fa-f.:]+$/.test(text);
}
