import { type AddressSet, parseAddress } from "@/lib/ip_address.ts";

/**
 * The address of the client: that of the connection, unless this is a proxy that is trusted. Then
 * it is the last one in `X-Forwarded-For` which is not such a proxy itself: those before it are the
 * client's own claims. An entry that cannot be read counts as the proxy, and hides those before it.
 */
export function clientAddress(
  info: Deno.ServeHandlerInfo,
  headers: Headers,
  trustedProxies: AddressSet,
): string {
  if (!("hostname" in info.remoteAddr)) return "local";
  const peer = parseAddress(info.remoteAddr.hostname) ?? info.remoteAddr.hostname;
  if (!trustedProxies.has(peer)) return peer;
  const hops = headers.get("x-forwarded-for")?.split(",").reverse() ?? [];
  for (const hop of hops) {
    const address = addressOf(hop.trim());
    if (address === undefined) return peer;
    if (!trustedProxies.has(address)) return address;
  }
  return peer;
}

/** Some proxies write the port as well, a new one for each connection. */
function addressOf(hop: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[([^\]]*:[^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? [];
  return parseAddress(bracketed ?? dotted ?? hop);
}
