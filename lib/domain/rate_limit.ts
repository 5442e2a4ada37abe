import { LRUCache } from "lru-cache";
import { parseAddress } from "@/lib/ip_address.ts";
import { DomainError } from "./errors.ts";

/** So many in so long a time. */
export interface Allowance {
  readonly count: number;
  readonly windowSeconds: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Clients that are remembered at a time; the one seen longest ago is forgotten first. */
const MAX_CLIENTS = 10_000;

/**
 * A token bucket a client, in the memory of this process: with several processes each has its own,
 * so a client may do up to as many times more as there are processes.
 */
export class RateLimit {
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_CLIENTS });

  constructor(private readonly allowance: Allowance) {}

  /**
   * Takes one from the client's allowance.
   *
   * @throws {DomainError} `too_many_requests` when there is none left.
   */
  take(client: string): void {
    if (this.tryTake(client)) return;
    const missing = (1 - this.#fill(client).tokens) / this.#perSecond;
    throw new DomainError("too_many_requests", { retryAfterSeconds: Math.ceil(missing) });
  }

  /** Takes one from the client's allowance, if there is one left; says whether there was. */
  tryTake(client: string): boolean {
    const bucket = this.#fill(client);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Gives one back: what it was taken for turned out harmless. */
  giveBack(client: string): void {
    this.#fill(client).tokens++;
  }

  get #perSecond(): number {
    return this.allowance.count / this.allowance.windowSeconds;
  }

  #fill(client: string): Bucket {
    const now = performance.now() / 1_000;
    const bucket = this.#buckets.get(client) ?? { tokens: this.allowance.count, filledAt: now };
    const gained = (now - bucket.filledAt) * this.#perSecond;
    bucket.tokens = Math.min(this.allowance.count, bucket.tokens + gained);
    bucket.filledAt = now;
    this.#buckets.set(client, bucket);
    return bucket;
  }
}

/**
 * What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, of which one
 * household has all the addresses.
 */
export function clientOf(ip: string): string {
  const address = parseAddress(ip) ?? ip;
  if (!address.includes(":")) return address;
  const [head = [], tail] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])].slice(0, 4).join(":");
}
