import { LRUCache } from "lru-cache";
import { parseAddress } from "@/lib/ip_address.ts";
import type { Actor } from "./actor.ts";
import { DomainError } from "./errors.ts";

/** A number of actions per time window. */
export interface Allowance {
  readonly count: number;
  readonly windowSeconds: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Clients remembered at a time. The least recent is forgotten first. */
const MAX_CLIENTS = 10_000;

/**
 * A token bucket per client in the memory of this process. With several processes each has its own,
 * which multiplies the limit.
 */
export class RateLimit {
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_CLIENTS });

  constructor(private readonly allowance: Allowance) {}

  /**
   * Takes one action from the client's allowance.
   *
   * @throws {DomainError} `too_many_requests` when none is left.
   */
  take(client: string): void {
    if (this.tryTake(client)) return;
    const missing = (1 - this.#fill(client).tokens) / this.#perSecond;
    throw new DomainError("too_many_requests", { retryAfterSeconds: Math.ceil(missing) });
  }

  /** Takes one action from the client's allowance. Returns whether one was left. */
  tryTake(client: string): boolean {
    const bucket = this.#fill(client);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Gives one action back, because it turned out to be harmless. */
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
 * Returns what counts as one client: an IPv4 address, or the /64 network of an IPv6 address, which
 * usually belongs to one household. All tasks are one client.
 */
export function clientOfActor(actor: Actor): string {
  if (actor.kind === "task") return actor.kind;
  const { ip } = actor.source;
  const address = parseAddress(ip) ?? ip;
  if (!address.includes(":")) return address;
  const [head = [], tail] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])].slice(0, 4).join(":");
}
