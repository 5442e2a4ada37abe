import type { Db, Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findDeletedUser } from "@/lib/repo/deleted_users.ts";
import { findUserById } from "@/lib/repo/users.ts";
import { type Actor, isOfUser } from "./actor.ts";
import { audit } from "./audit.ts";
import { clientOfActor, type RateLimit } from "./rate_limit.ts";

/** A request that was refused. */
export interface RefusedRequest {
  readonly actor: Actor;
  /** Pattern of the route. `null` if there is none. */
  readonly route: string | null;
  readonly status: number;
  /** The word that the log has for it. */
  readonly reason: string | undefined;
}

/** Refused requests of one client to one route. */
interface Counted {
  /** Who sent the first of them. */
  readonly actor: Actor;
  readonly route: string;
  readonly since: Date;
  count: number;
  readonly statuses: Set<number>;
  readonly reasons: Set<string>;
}

/** Clients and routes that a process counts at a time. All others are counted together. */
const MAX_COUNTED = 500;
const OTHERS = "others";

/**
 * Counts refused requests by client and route, in memory. No request waits for it.
 * {@linkcode RefusalCount.write} adds what was counted to the audit trail.
 */
export class RefusalCount {
  readonly #counted = new Map<string, Counted>();

  /** @param limit of entries for a client and route, which all processes share */
  constructor(private readonly db: Db, private readonly limit: RateLimit) {}

  /** Counts a refused request. */
  add({ actor, route, status, reason }: RefusedRequest): void {
    const known = route ?? "no such page";
    const key = `${clientOf(actor)} ${known}`;
    const isKnown = this.#counted.has(key) || this.#counted.size < MAX_COUNTED;
    this.#merge(isKnown ? key : OTHERS, {
      actor,
      route: isKnown ? known : "several, of several clients",
      since: new Date(),
      count: 1,
      statuses: new Set([status]),
      reasons: new Set(reason === undefined ? [] : [reason]),
    });
  }

  /**
   * Writes an entry for each client and route. Those that had one in the last minute, perhaps by
   * another process, are counted on until the next call.
   */
  async write(): Promise<void> {
    for (const [key, counted] of [...this.#counted]) {
      this.#counted.delete(key);
      let isWritten = false;
      try {
        isWritten = await inTransaction(this.db, (tx) => this.#writeOne(tx, key, counted));
      } finally {
        if (!isWritten) this.#merge(key, counted);
      }
    }
  }

  async #writeOne(tx: Tx, key: string, counted: Counted): Promise<boolean> {
    const { actor, route, count, statuses, reasons, since } = counted;
    if (!await this.limit.tryTake(key, tx)) return false;
    // The trail keeps nothing about erased users, so it gets nothing about them, either.
    if (isOfUser(actor) && !await isStored(tx, actor.userId)) return true;
    await audit(tx, actor, "access_denied", undefined, {
      route,
      count,
      status: [...statuses].sort().join(", "),
      because: [...reasons].sort().join(", ") || null,
      since,
    });
    return true;
  }

  #merge(key: string, more: Counted): void {
    const counted = this.#counted.get(key);
    if (!counted) {
      this.#counted.set(key, more);
      return;
    }
    counted.count += more.count;
    for (const status of more.statuses) counted.statuses.add(status);
    for (const reason of more.reasons) counted.reasons.add(reason);
  }
}

/** A user or an API key, wherever it is used, or the network of a visitor. */
function clientOf(actor: Actor): string {
  if (actor.kind === "user") return `user ${actor.viewedBy?.userId ?? actor.userId}`;
  return actor.kind === "api_key" ? `key ${actor.keyId}` : clientOfActor(actor);
}

async function isStored(tx: Tx, userId: number): Promise<boolean> {
  return await findUserById(tx, userId) !== undefined ||
    await findDeletedUser(tx, userId) !== undefined;
}
