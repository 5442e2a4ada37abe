import { formatPhc, isAcceptable, type PasswordHash } from "./phc.ts";

/**
 * Converts a password hash as another framework stores it to a PHC string: Werkzeug (PBKDF2,
 * scrypt), Django (PBKDF2, scrypt, bcrypt, Argon2), bcrypt and Argon2id. Returns `undefined` for
 * anything else, and for one that would take a sign-in more than about a second.
 *
 * @see https://docs.djangoproject.com/en/5.2/topics/auth/passwords/
 * @see https://werkzeug.palletsprojects.com/en/stable/utils/#werkzeug.security.generate_password_hash
 */
export function readForeignHash(text: string): string | undefined {
  for (const [pattern, read] of FORMS) {
    const [whole, ...parts] = pattern.exec(text) ?? [];
    if (whole === undefined) continue;
    const value = read(...parts as [string, string, string, string, string]);
    return value && isAcceptable(value) ? formatPhc(value) : undefined;
  }
}

type Read = (a: string, b: string, c: string, d: string, e: string) => PasswordHash | undefined;

/** Each pattern, and what its groups mean. */
const FORMS: readonly (readonly [RegExp, Read])[] = [
  // Werkzeug: the salt is text, the hash hex.
  [
    /^pbkdf2:(sha1|sha256|sha512):(\d{1,8})\$([^$]+)\$([0-9a-f]+)$/,
    (digest, iterations, salt, hex) => pbkdf2(digest, iterations, salt, bytesOf(hex, fromHex)),
  ],
  [
    /^scrypt:(\d{1,8}):(\d{1,3}):(\d{1,3})\$([^$]+)\$([0-9a-f]+)$/,
    (n, r, p, salt, hex) => scrypt(n, r, p, salt, bytesOf(hex, fromHex)),
  ],
  // Django: the salt is text, the hash base64.
  [
    /^pbkdf2_(sha1|sha256)\$(\d{1,8})\$([^$]+)\$([A-Za-z0-9+\/=]+)$/,
    (digest, iterations, salt, hash) => pbkdf2(digest, iterations, salt, bytesOf(hash, fromBase64)),
  ],
  [
    /^scrypt\$([^$]+)\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+\/=]+)$/,
    (salt, n, r, p, hash) => scrypt(n, r, p, salt, bytesOf(hash, fromBase64)),
  ],
  [
    /^bcrypt_sha256\$\$2[aby]\$(\d\d)\$([.\/A-Za-z0-9]{22})([.\/A-Za-z0-9]{31})$/,
    (rounds, salt, hash) => bcrypt("bcrypt-sha256", rounds, salt, hash),
  ],
  [
    /^(?:bcrypt\$)?\$2[aby]\$(\d\d)\$([.\/A-Za-z0-9]{22})([.\/A-Za-z0-9]{31})$/,
    (rounds, salt, hash) => bcrypt("bcrypt", rounds, salt, hash),
  ],
  [
    /^(?:argon2)?\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+\/]+)\$([A-Za-z0-9+\/]+)$/,
    (memory, passes, parallelism, salt, hash) => ({
      kind: "argon2id",
      cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
      salt: bytesOf(salt, fromBase64),
      hash: bytesOf(hash, fromBase64),
    }),
  ],
];

type Bytes = Uint8Array<ArrayBuffer>;

function pbkdf2(digest: string, iterations: string, salt: string, hash: Bytes): PasswordHash {
  const kind = `pbkdf2-${digest}` as "pbkdf2-sha1" | "pbkdf2-sha256" | "pbkdf2-sha512";
  return { kind, iterations: Number(iterations), salt: textBytes(salt), hash };
}

function scrypt(n: string, r: string, p: string, salt: string, hash: Bytes) {
  const cost = Math.log2(Number(n));
  return Number.isInteger(cost)
    ? {
      kind: "scrypt" as const,
      cost,
      blockSize: Number(r),
      parallelism: Number(p),
      salt: textBytes(salt),
      hash,
    }
    : undefined;
}

function bcrypt(
  kind: "bcrypt" | "bcrypt-sha256",
  rounds: string,
  salt: string,
  hash: string,
): PasswordHash {
  const read = (text: string) => bytesOf(fromBcryptBase64(text), fromBase64);
  return { kind, rounds: Number(rounds), salt: read(salt), hash: read(hash) };
}

const BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** bcrypt packs bits as base64 does, but has another alphabet. */
export function fromBcryptBase64(text: string): string {
  return [...text].map((digit) => ALPHABET[BCRYPT_ALPHABET.indexOf(digit)]).join("");
}

function textBytes(text: string): Bytes {
  return new TextEncoder().encode(text);
}

const fromHex = (text: string) => Uint8Array.fromHex(text);
const fromBase64 = (text: string) => Uint8Array.fromBase64(text, { lastChunkHandling: "loose" });

/** Decodes. What cannot be decoded becomes empty, which no hash may be. */
function bytesOf(text: string, decode: (text: string) => Bytes): Bytes {
  try {
    return decode(text);
  } catch {
    return new Uint8Array();
  }
}
