import { pbkdf2, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { WorkQueue } from "@/lib/work_queue.ts";
import { type Argon2, ARGON2_COST, loadArgon2 } from "./argon2.ts";
import { formatPhc, isOutdated, parsePhc, type PasswordHash } from "./phc.ts";

const SALT_BYTES = 16;
/** Sign-ins that may wait for a core before newcomers are sent away. */
const MAX_WAITING = 200;

/** Makes and checks password hashes, a few at a time. */
export interface PasswordHasher {
  /**
   * The PHC string of a new hash.
   *
   * @throws {QueueFullError} when too many wait already; so do the other methods.
   */
  hash(password: string): Promise<string>;
  /**
   * Whether a password belongs to a hash: as it was typed, else composed (NFC) or decomposed (NFD),
   * since keyboards differ in how they write an accent.
   */
  verify(phc: string, password: string): Promise<boolean>;
  /**
   * Takes as long as {@linkcode verify} would on a hash of that kind, and is never right: for names
   * that nobody has.
   */
  waste(kind: PasswordHash["kind"], password: string): Promise<void>;
  /** Whether a hash should be made anew the next time its password is at hand. */
  isOutdated(phc: string): boolean;
  /** The kind of a hash; `undefined` where no password can match it. */
  kindOf(phc: string): PasswordHash["kind"] | undefined;
}

/** What imported hashes cost. */
export const LEGACY_ITERATIONS = 100_000;

/**
 * A hasher that uses as many cores as there are and keeps the event loop free. The native addon is
 * loaded with the first password: a server answers its first pages sooner without it.
 */
export function createPasswordHasher(): PasswordHasher {
  let argon2: Promise<Argon2> | undefined;
  return passwordHasherOver(async (...args) => await (await (argon2 ??= loadArgon2()))(...args));
}

/** A hasher over the given Argon2id. */
export function passwordHasherOver(argon2: Argon2): PasswordHasher {
  const queue = new WorkQueue(availableParallelism(), MAX_WAITING);
  const decoys = makeDecoys();

  async function derive(value: PasswordHash, password: string): Promise<Uint8Array> {
    if (value.kind === "argon2id") return await argon2(password, value.salt, value.cost);
    const { salt, iterations, hash } = value;
    return await deriveWithPbkdf2(password, salt, iterations, hash.length, "sha512");
  }

  /** Tries every spelling: stopping at the first that fits would show in the time it takes. */
  async function matches(value: PasswordHash, password: string): Promise<boolean> {
    let found = false;
    for (const spelling of spellings(password)) {
      const derived = await queue.run(() => derive(value, spelling));
      found = timingSafeEqual(derived, value.hash) || found;
    }
    return found;
  }

  return {
    hash: (password) =>
      queue.run(async () => {
        const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
        const hash = new Uint8Array(await argon2(password, salt, ARGON2_COST));
        return formatPhc({ kind: "argon2id", cost: ARGON2_COST, salt, hash });
      }),
    verify: async (phc, password) => {
      const value = parsePhc(phc);
      return value !== undefined && await matches(value, password);
    },
    waste: async (kind, password) => {
      await matches(decoys[kind], password);
    },
    isOutdated: (phc) => {
      const value = parsePhc(phc);
      return value === undefined || isOutdated(value);
    },
    kindOf: (phc) => parsePhc(phc)?.kind,
  };
}

const deriveWithPbkdf2 = promisify(pbkdf2);

/** The ways in which a password may have been typed when its hash was made. */
function spellings(password: string): Set<string> {
  return new Set([password, password.normalize("NFC"), password.normalize("NFD")]);
}

/** Hashes of nothing that cost what the real ones cost. */
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
