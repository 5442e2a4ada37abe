import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

/** The same for every installation, whatever its name, so that scanners for secrets find it. */
const PREFIX = "roster_";

/** A double click selects all of these. */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** 256 random bits. */
const SECRET_CHARS = 43;

const CHECKSUM_CHARS = 6;

const BEGINNING_CHARS = PREFIX.length + 4;

const PATTERN = new RegExp(`^${PREFIX}[0-9A-Za-z]{${SECRET_CHARS + CHECKSUM_CHARS}}$`);

/**
 * Makes an API key: a prefix, a secret and a checksum, so that scanners for secrets hardly ever
 * mistake another text for a key.
 *
 * @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function randomApiKey(): string {
  const secret = Array.from({ length: SECRET_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]);
  const start = `${PREFIX}${secret.join("")}`;
  return `${start}${checksumOf(start)}`;
}

/** Whether a text has the form and the checksum of an API key. */
export function isApiKey(text: string): boolean {
  return PATTERN.test(text) && checksumOf(text.slice(0, -CHECKSUM_CHARS)) ===
      text.slice(-CHECKSUM_CHARS);
}

/** Returns the first characters of an API key, by which its owner recognises it. */
export function beginningOf(key: string): string {
  return key.slice(0, BEGINNING_CHARS);
}

/** CRC-32 in base 62. */
function checksumOf(text: string): string {
  let [rest, digits] = [crc32(text), ""];
  while (digits.length < CHECKSUM_CHARS) {
    digits = `${ALPHABET[rest % ALPHABET.length]}${digits}`;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
