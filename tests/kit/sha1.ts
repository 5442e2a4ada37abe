import { createHash } from "node:crypto";

/** Returns the SHA-1 of a password as lists of breached ones have it. */
export function sha1Of(password: string): string {
  return createHash("sha1").update(password).digest("hex").toUpperCase();
}
