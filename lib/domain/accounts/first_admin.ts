import { timingSafeEqual } from "node:crypto";
import { hashToken } from "@/lib/crypto/token.ts";
import type { Db } from "@/lib/db/database.ts";
import { anyAdmin } from "@/lib/repo/users.ts";

/** The way of a new installation to its first admin: a link that the start has printed. */
export class FirstAdmin {
  readonly #db: Db;
  readonly #tokenHash: string | undefined;
  #exists = false;

  /** @param tokenHash of the link's token, as `hashToken()` writes it; without one no link works */
  constructor(db: Db, tokenHash: string | undefined) {
    this.#db = db;
    this.#tokenHash = tokenHash;
  }

  /** Whether nobody is an admin yet. Asks the database until somebody is, and never after that. */
  async isAwaited(): Promise<boolean> {
    this.#exists ||= await anyAdmin(this.#db);
    return !this.#exists;
  }

  /** Whether it is the token of the link; takes the same time for every wrong one. */
  isToken(token: string): boolean {
    return this.#tokenHash !== undefined &&
      timingSafeEqual(encode(hashToken(token)), encode(this.#tokenHash));
  }
}

function encode(hash: string): Uint8Array {
  return new TextEncoder().encode(hash);
}
