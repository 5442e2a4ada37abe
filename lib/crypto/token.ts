import { createHash } from "node:crypto";

const TOKEN_BYTES = 32;

/** A secret that nobody can guess: 256 random bits in base64url. */
export function randomToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/**
 * What the database keeps of a token: its SHA-256 in hex. A token has too many bits to be guessed
 * from its hash, so neither salt nor a slow hash is needed.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
