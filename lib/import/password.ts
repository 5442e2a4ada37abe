import { readForeignHash } from "@/lib/crypto/foreign_hash.ts";
import { formatPhc } from "@/lib/crypto/phc.ts";
import { base64Bytes, type Cell, postgresBytes, textOf } from "./cells.ts";

const ITERATIONS = 100_000;

/** 64 characters of salt, then 64 bytes of key in hex. */
const FLASK_HASH = /^([\x21-\x7e]{64})([0-9a-f]{128})$/;

/**
 * Converts a password hash of the Flask application (PBKDF2-HMAC-SHA512, 100,000 iterations) to a
 * PHC string, in whatever form the column holds it, or the hash of another framework. `undefined`
 * for anything else. Flask uses the salt as text, not as the bytes that its hex digits stand for.
 */
export function takePassword(cell: Cell): string | undefined {
  const text = textOf(cell).trim();
  const found = spellings(text).map((spelling) => FLASK_HASH.exec(spelling)).find(Boolean);
  const [, salt, key] = found ?? [];
  if (salt === undefined || key === undefined) return readForeignHash(text);
  return formatPhc({
    kind: "pbkdf2-sha512",
    iterations: ITERATIONS,
    salt: new TextEncoder().encode(salt),
    hash: Uint8Array.fromHex(key),
  });
}

/** The text itself, and what it means as Python bytes (`b'…'`), PostgreSQL bytes or base64. */
function spellings(text: string): string[] {
  const printed = /^b(['"])(.*)\1$/.exec(text)?.[2];
  const bytes = [postgresBytes(text), base64Bytes(text)];
  return [
    text,
    ...(printed === undefined ? [] : [printed]),
    ...bytes.flatMap((found) => found === undefined ? [] : [new TextDecoder().decode(found)]),
  ];
}
