import { createHash } from "node:crypto";

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
