import { BlockList, isIP } from "node:net";

/** An IPv4 or IPv6 network. */
export interface Network {
  /** As {@linkcode parseAddress} gives it. */
  readonly address: string;
  /** Length of the prefix, at most 32 or 128. */
  readonly bits: number;
}

/** A set of addresses. */
export interface AddressSet {
  /** @param address as {@linkcode parseAddress} gives it */
  has(address: string): boolean;
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;
/** Bits of an IPv4-mapped IPv6 address before the IPv4 address. RFC 4291, 2.5.5.2 */
const MAPPED_BITS = IPV6_BITS - IPV4_BITS;

/**
 * Returns the canonical spelling of an address: IPv6 in lower case, as short as possible and
 * without a zone, and IPv4-mapped addresses as IPv4. `undefined` if the text is not an address.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
export function parseAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return text;
  const { hostname } = new URL(`http://[${withoutZone(text)}]`);
  return mappedAddress(hostname) ?? hostname.slice(1, -1);
}

/** Reads an address or a network in CIDR notation. `undefined` if the text is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [, written = "", prefix] = /^([^/]+?)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const bare = unbracketed(written);
  const address = parseAddress(bare);
  if (address === undefined) return undefined;
  const mostBits = isIP(bare) === 4 ? IPV4_BITS : IPV6_BITS;
  const bits = prefix === undefined ? mostBits : Number(prefix);
  if (bits > mostBits) return undefined;
  if (isIP(address) === isIP(bare)) return { address, bits };
  return bits < MAPPED_BITS
    // Wider than all of IPv4, so it is an IPv6 network.
    ? { address: new URL(`http://[${withoutZone(bare)}]`).hostname.slice(1, -1), bits }
    : { address, bits: bits - MAPPED_BITS };
}

/** Makes one set of several networks. */
export function addressSet(networks: readonly Network[]): AddressSet {
  const list = new BlockList();
  for (const { address, bits } of networks) list.addSubnet(address, bits, familyOf(address));
  return { has: (address) => isIP(address) !== 0 && list.check(address, familyOf(address)) };
}

/** Whether an address belongs to the loopback interface. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

/** Whether a host name or address, with or without brackets, means this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || isLoopback(parseAddress(unbracketed(host)) ?? "");
}

/** Removes the brackets around an IPv6 address in a URL or beside a port. */
export function unbracketed(text: string): string {
  return /^\[([^\]]*:[^\]]*)\]$/.exec(text)?.[1] ?? text;
}

/** Adds the brackets that an IPv6 address needs in a URL. Other hosts stay as they are. */
export function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

/** Removes the zone, which names an interface and is not part of the address. RFC 4007, 11 */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, "");
}

/** @param hostname of a URL, where the IPv4 address is two groups */
function mappedAddress(hostname: string): string | undefined {
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return [high, low].map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]).join(".");
}
