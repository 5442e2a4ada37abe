import { LRUCache } from "lru-cache";
import { hashToken } from "@/lib/crypto/token.ts";
import type { Db } from "@/lib/db/database.ts";
import { parseAddress } from "@/lib/ip_address.ts";
import {
  type Bucket,
  type BucketSize,
  deleteBuckets,
  findSecondsToWait,
  giveBackToBucket,
  takeFromBucket,
} from "@/lib/repo/rate_limits.ts";
import type { Actor } from "./actor.ts";
import { DomainError } from "./errors.ts";

/** A number of actions, at least one, per time window. */
export interface Allowance {
  readonly count: number;
  readonly windowSeconds: number;
}

/** Refused clients remembered at a time. The least recent is forgotten first. */
const MAX_REFUSED = 10_000;

/**
 * Creates the memory of when each refused client may come again: times of `performance.now()`, by
 * key. It takes a millisecond: limits should share one.
 */
export function openRefusedUntil() {
  return new LRUCache<string, number>({ max: MAX_REFUSED });
}

/**
 * A token bucket per client, in the database that all processes share. A process remembers whom it
 * has refused, and until when: a flood of theirs costs no statements.
 */
export class RateLimit {
  constructor(
    private readonly db: Db,
    private readonly name: string,
    private readonly allowance: Allowance,
    private readonly refusedUntil = openRefusedUntil(),
  ) {}

  /**
   * Takes one action from the client's allowance.
   *
   * @throws {DomainError} `too_many_requests` when none is left.
   */
  async take(client: string): Promise<void> {
    const seconds = await this.#takeOrWait(client, this.db);
    if (seconds === 0) return;
    throw new DomainError("too_many_requests", { retryAfterSeconds: Math.ceil(seconds) });
  }

  /**
   * Takes one action from the client's allowance. Returns whether one was left.
   *
   * @param db the transaction, inside one
   */
  async tryTake(client: string, db: Db = this.db): Promise<boolean> {
    return await this.#takeOrWait(client, db) === 0;
  }

  /** Gives one action back, because it turned out to be harmless. */
  async giveBack(client: string): Promise<void> {
    const bucket = this.#bucketOf(client);
    await giveBackToBucket(this.db, bucket);
    this.refusedUntil.delete(bucket.key);
  }

  /** Returns the seconds until each of the clients has an action left. 0 if they have one. */
  async secondsLeft(clients: readonly string[], db: Db = this.db): Promise<number> {
    const keys = clients.map((client) => this.#bucketOf(client).key);
    return Math.ceil(await findSecondsToWait(db, keys, this.#size));
  }

  /** Gives clients the whole allowance. Another process may refuse them until one action is back. */
  async refill(clients: readonly string[], db: Db = this.db): Promise<void> {
    const keys = clients.map((client) => this.#bucketOf(client).key);
    await deleteBuckets(db, keys);
    for (const key of keys) this.refusedUntil.delete(key);
  }

  /** Takes one action, or returns the seconds until there is one. */
  async #takeOrWait(client: string, db: Db): Promise<number> {
    const bucket = this.#bucketOf(client);
    const left = ((this.refusedUntil.get(bucket.key) ?? 0) - performance.now()) / 1_000;
    if (left > 0) return left;
    if (await takeFromBucket(db, bucket)) return 0;
    // At least a millisecond: the next one may have come back since.
    const seconds = Math.max(await findSecondsToWait(db, [bucket.key], bucket), 0.001);
    this.refusedUntil.set(bucket.key, performance.now() + seconds * 1_000);
    return seconds;
  }

  #bucketOf(client: string): Bucket {
    return { key: hashToken(`${this.name} ${client}`), ...this.#size };
  }

  get #size(): BucketSize {
    const { count, windowSeconds } = this.allowance;
    // Rounded down, so that `count` steps fit into the window.
    return { stepMicroseconds: Math.floor(windowSeconds * 1e6 / count), windowSeconds };
  }
}

/**
 * Returns what counts as one client: an IPv4 address, or the /64 network of an IPv6 address, which
 * usually belongs to one household. All tasks are one client.
 */
export function clientOfActor(actor: Actor): string {
  if (actor.kind === "task") return actor.kind;
  return clientOfAddress(actor.source.ip);
}

/** Returns what counts as the client of an address. */
export function clientOfAddress(ip: string): string {
  const address = parseAddress(ip) ?? ip;
  if (!address.includes(":")) return address;
  const [head = [], tail] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])].slice(0, 4).join(":");
}
