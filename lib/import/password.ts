import { formatPhc } from "@/lib/crypto/phc.ts";
import { base64Bytes, type Cell, postgresBytes, textOf } from "./cells.ts";

/** Stands where a hash would: no password matches it. */
export const NO_PASSWORD = "!";

const ITERATIONS = 100_000;

/** 64 characters of salt, 64 bytes of key in hex. */
const FLASK_HASH = /^([\x21-\x7e]{64})([0-9a-f]{128})$/;

/**
 * The PHC string of a password hash of the Flask application (PBKDF2-HMAC-SHA512, 100,000
 * iterations), however the column holds it; `undefined` for anything else. The salt is used there
 * as the text that it is, not as the bytes its hex digits would stand for.
 */
export function takePassword(cell: Cell): string | undefined {
  const text = textOf(cell).trim();
  const found = spellings(text).map((spelling) => FLASK_HASH.exec(spelling)).find(Boolean);
  const [, salt, key] = found ?? [];
  if (salt === undefined || key === undefined) return undefined;
  return formatPhc({
    kind: "pbkdf2-sha512",
    iterations: ITERATIONS,
    salt: new TextEncoder().encode(salt),
    hash: Uint8Array.fromHex(key),
  });
}

/** As it is, as Python prints bytes (`b'…'`), and as PostgreSQL or base64 write them. */
function spellings(text: string): string[] {
  const printed = /^b(['"])(.*)\1$/.exec(text)?.[2];
  const bytes = [postgresBytes(text), base64Bytes(text)];
  return [
    text,
    ...(printed === undefined ? [] : [printed]),
    ...bytes.flatMap((found) => found === undefined ? [] : [new TextDecoder().decode(found)]),
  ];
}
