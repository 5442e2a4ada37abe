import { Buffer } from "node:buffer";
import { hash as digest, pbkdf2, scrypt, type ScryptOptions, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { WorkQueue } from "@/lib/work_queue.ts";
import { type Argon2, ARGON2_COST, loadArgon2 } from "./argon2.ts";
import { fromBcryptBase64 } from "./foreign_hash.ts";
import {
  BCRYPT_HASH_BYTES,
  decoyOf,
  formatPhc,
  isOutdated,
  OWN_SCHEME,
  parsePhc,
  type PasswordHash,
  schemeOf,
} from "./phc.ts";

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
   * Takes as long as {@linkcode verify} on a hash of that scheme, by default the one of new hashes,
   * and never succeeds. Used for names that do not exist.
   */
  waste(password: string, client: string, scheme?: string): Promise<void>;
  /** Whether a hash should be replaced the next time its password is known. */
  isOutdated(phc: string): boolean;
  /** Returns the scheme of a hash, or `undefined` if no password can match it. */
  schemeOf(phc: string): string | undefined;
}

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
  async function derive(value: PasswordHash, password: string): Promise<Uint8Array> {
    const { salt, hash } = value;
    switch (value.kind) {
      case "argon2id":
        return await argon2(password, salt, value.cost);
      case "scrypt":
        return await deriveWithScrypt(password, salt, hash.length, {
          N: 2 ** value.cost,
          r: value.blockSize,
          p: value.parallelism,
          maxmem: SCRYPT_MAX_BYTES,
        });
      case "bcrypt":
        return await deriveWithBcrypt(password, value.rounds, salt);
      case "bcrypt-sha256":
        return await deriveWithBcrypt(digest("sha256", password, "hex"), value.rounds, salt);
      default: {
        const name = value.kind.replace("pbkdf2-", "");
        return await deriveWithPbkdf2(password, salt, value.iterations, hash.length, name);
      }
    }
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
    waste: async (password, client, scheme = OWN_SCHEME) => {
      const decoy = decoyOf(scheme);
      if (decoy) await matches(decoy, password, client);
    },
    isOutdated: (phc) => {
      const value = parsePhc(phc);
      return value === undefined || isOutdated(value);
    },
    schemeOf: (phc) => {
      const value = parsePhc(phc);
      return value && schemeOf(value);
    },
  };
}

const deriveWithPbkdf2 = promisify(pbkdf2);

const deriveWithScrypt = promisify<string, Uint8Array, number, ScryptOptions, Uint8Array>(scrypt);

/** Twice what the largest scheme takes. */
const SCRYPT_MAX_BYTES = 128 * 1024 * 1024;

/** Characters after the salt. */
const BCRYPT_HASH_CHARS = 31;

/**
 * Derives a key from the first 72 bytes of a password. Where the native addon does not load, it is a
 * random one, so that no password matches: the user needs a link for a new one.
 */
async function deriveWithBcrypt(
  password: string,
  rounds: number,
  salt: Uint8Array,
): Promise<Uint8Array> {
  const bcrypt = await import("@node-rs/bcrypt").catch(() => undefined);
  if (!bcrypt) return crypto.getRandomValues(new Uint8Array(BCRYPT_HASH_BYTES));
  const text = await bcrypt.hash(password, rounds, Buffer.from(salt));
  return Uint8Array.fromBase64(fromBcryptBase64(text.slice(-BCRYPT_HASH_CHARS)), {
    lastChunkHandling: "loose",
  });
}

/** The Unicode forms in which a password may have been typed when its hash was made. */
function spellings(password: string): Set<string> {
  return new Set([password, password.normalize("NFC"), password.normalize("NFD")]);
}
