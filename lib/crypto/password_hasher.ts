import { pbkdf2, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { WorkQueue } from "@/lib/work_queue.ts";
import { type Argon2, ARGON2_COST, loadArgon2 } from "./argon2.ts";
import { formatPhc, isOutdated, parsePhc, type PasswordHash } from "./phc.ts";

const SALT_BYTES = 16;
/** Hashes that may wait for a core. More are refused. */
const MAX_WAITING = 200;
/** How many of them one client may have, so that the others get their turn within seconds. */
const MAX_WAITING_EACH = 50;

/** Makes and checks password hashes, a few at a time. */
export interface PasswordHasher {
  /**
   * Returns the PHC string of a new hash.
   *
   * @param client who asks, as in the other methods
   * @throws {QueueFullError} when too many are waiting; so do the other methods.
   */
  hash(password: string, client: string): Promise<string>;
  /**
   * Whether a password matches a hash, as typed or in Unicode form NFC or NFD: keyboards differ in
   * how they write accents.
   */
  verify(phc: string, password: string, client: string): Promise<boolean>;
  /**
   * Takes as long as {@linkcode verify} on a hash of that kind and never succeeds. Used for names
   * that do not exist.
   */
  waste(kind: PasswordHash["kind"], password: string, client: string): Promise<void>;
  /** Whether a hash should be replaced the next time its password is known. */
  isOutdated(phc: string): boolean;
  /** Returns the kind of a hash, or `undefined` if no password can match it. */
  kindOf(phc: string): PasswordHash["kind"] | undefined;
}

/** PBKDF2 iterations of imported hashes. */
export const LEGACY_ITERATIONS = 100_000;

/**
 * Creates a hasher that uses all cores and keeps the event loop free. The native addon loads with
 * the first password, so that a server answers its first pages sooner.
 */
export function createPasswordHasher(): PasswordHasher {
  let argon2: Promise<Argon2> | undefined;
  return passwordHasherOver(async (...args) => await (await (argon2 ??= loadArgon2()))(...args));
}

/** Creates a hasher over the given Argon2id. */
export function passwordHasherOver(argon2: Argon2): PasswordHasher {
  const queue = new WorkQueue(availableParallelism(), MAX_WAITING, MAX_WAITING_EACH);
  const decoys = makeDecoys();

  async function derive(value: PasswordHash, password: string): Promise<Uint8Array> {
    if (value.kind === "argon2id") return await argon2(password, value.salt, value.cost);
    const { salt, iterations, hash } = value;
    return await deriveWithPbkdf2(password, salt, iterations, hash.length, "sha512");
  }

  /** Tries every spelling. Stopping at the first match would reveal it through the time taken. */
  async function matches(
    value: PasswordHash,
    password: string,
    client: string,
  ): Promise<boolean> {
    let found = false;
    for (const spelling of spellings(password)) {
      const derived = await queue.run(() => derive(value, spelling), client);
      found = timingSafeEqual(derived, value.hash) || found;
    }
    return found;
  }

  return {
    hash: (password, client) =>
      queue.run(async () => {
        const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
        const hash = new Uint8Array(await argon2(password, salt, ARGON2_COST));
        return formatPhc({ kind: "argon2id", cost: ARGON2_COST, salt, hash });
      }, client),
    verify: async (phc, password, client) => {
      const value = parsePhc(phc);
      return value !== undefined && await matches(value, password, client);
    },
    waste: async (kind, password, client) => {
      await matches(decoys[kind], password, client);
    },
    isOutdated: (phc) => {
      const value = parsePhc(phc);
      return value === undefined || isOutdated(value);
    },
    kindOf: (phc) => parsePhc(phc)?.kind,
  };
}

const deriveWithPbkdf2 = promisify(pbkdf2);

/** The Unicode forms in which a password may have been typed when its hash was made. */
function spellings(password: string): Set<string> {
  return new Set([password, password.normalize("NFC"), password.normalize("NFD")]);
}

/** Makes hashes that match no password and cost as much as real ones. */
function makeDecoys(): Record<PasswordHash["kind"], PasswordHash> {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return {
    "argon2id": { kind: "argon2id", cost: ARGON2_COST, salt: random(16), hash: random(32) },
    "pbkdf2-sha512": {
      kind: "pbkdf2-sha512",
      iterations: LEGACY_ITERATIONS,
      salt: random(64),
      hash: random(64),
    },
  };
}
