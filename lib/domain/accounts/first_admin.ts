import { timingSafeEqual } from "node:crypto";
import { hashToken } from "@/lib/crypto/token.ts";
import type { Db } from "@/lib/db/database.ts";
import { anyAdmin } from "@/lib/repo/admins.ts";

/** Lets the first admin of a new installation sign up through a printed link. */
export class FirstAdmin {
  readonly #db: Db;
  readonly #tokenHash: string | undefined;
  #exists = false;

  /** @param tokenHash from `hashToken()`; without it no link works */
  constructor(db: Db, tokenHash: string | undefined) {
    this.#db = db;
    this.#tokenHash = tokenHash;
  }

  /** Whether there is no admin yet. Stops asking the database once there is one. */
  async isAwaited(): Promise<boolean> {
    this.#exists ||= await anyAdmin(this.#db);
    return !this.#exists;
  }

  /** Whether this is the token of the link. Compares in constant time. */
  isToken(token: string): boolean {
    return this.#tokenHash !== undefined &&
      timingSafeEqual(encode(hashToken(token)), encode(this.#tokenHash));
  }
}

function encode(hash: string): Uint8Array {
  return new TextEncoder().encode(hash);
}
