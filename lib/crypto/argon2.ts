import type * as native from "@node-rs/argon2";

/** Cost of a hash, as written in the PHC string. */
export interface Argon2Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/**
 * Cost of new hashes.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export const ARGON2_COST: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const HASH_BYTES = 32;

/** Derives an Argon2id key of 32 bytes. */
export type Argon2 = (
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  cost: Argon2Cost,
) => Promise<Uint8Array>;

/** Loads the native addon, or else Deno's slower implementation. */
export async function loadArgon2(): Promise<Argon2> {
  try {
    return nativeArgon2(await import("@node-rs/argon2"));
  } catch {
    return webCryptoArgon2;
  }
}

function nativeArgon2({ hashRaw }: typeof native): Argon2 {
  // The package exports a `const enum`, which a single-file compiler cannot read.
  const ARGON2ID = 2 as native.Algorithm.Argon2id;
  return (password, salt, cost) =>
    hashRaw(password, {
      algorithm: ARGON2ID,
      salt,
      memoryCost: cost.memory,
      timeCost: cost.passes,
      parallelism: cost.parallelism,
      outputLen: HASH_BYTES,
    });
}

/** Argon2id through WebCrypto. */
export const webCryptoArgon2: Argon2 = async (password, salt, cost) => {
  const secret = new TextEncoder().encode(password);
  // Deno's types do not know this format yet.
  const format = "raw-secret" as "raw";
  const key = await crypto.subtle.importKey(format, secret, "Argon2id", false, ["deriveBits"]);
  const algorithm = { name: "Argon2id", nonce: salt, ...cost };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, HASH_BYTES * 8));
};
