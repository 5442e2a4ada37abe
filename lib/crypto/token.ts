import { createHash, randomInt } from "node:crypto";
import { CODE_ALPHABET, CODE_LENGTH } from "@/lib/shared/one_time.ts";

const TOKEN_BYTES = 32;

/** Makes a secret that nobody can guess: 256 random bits in base64url. */
export function randomToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/**
 * Hashes a token for the database: SHA-256 in hex. Tokens have too many bits to be guessed from
 * their hash, so they need neither salt nor a slow hash.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Makes a code that people can type, from {@linkcode CODE_ALPHABET}: 5 random bits a letter. */
export function randomCode(length = CODE_LENGTH): string {
  const letters = Array.from({ length }, () => CODE_ALPHABET[randomInt(32)]);
  return letters.join("");
}

/**
 * Hashes a code for the database, salted with the hash of the token that was made with it. A code
 * lives for minutes and dies after a few wrong tries, so it needs no slow hash.
 */
export function hashCode(code: string, tokenHash: string): string {
  return hashToken(`${tokenHash}:${code}`);
}
