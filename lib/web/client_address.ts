import { type AddressSet, parseAddress } from "@/lib/ip_address.ts";

/**
 * Finds the client's address: that of the connection, unless it is a trusted proxy. Then it is the
 * last entry of `X-Forwarded-For` that is not a trusted proxy, because earlier entries are the
 * client's own claims. An entry that cannot be read yields the proxy's address.
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

/** Reads an entry. Some proxies add the port, a new one for each connection. */
function addressOf(hop: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[([^\]]*:[^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? [];
  return parseAddress(bracketed ?? dotted ?? hop);
}
