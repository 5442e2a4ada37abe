import { ARGON2_COST, type Argon2Cost } from "./argon2.ts";

/** Digests of PBKDF2, and their length in bytes, which is that of a hash. */
const DIGESTS = { "pbkdf2-sha1": 20, "pbkdf2-sha256": 32, "pbkdf2-sha512": 64 } as const;

type Pbkdf2Kind = keyof typeof DIGESTS;

interface Derived {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** A password hash with everything needed to check a password against it. */
export type PasswordHash =
  & Derived
  & (
    | { readonly kind: "argon2id"; readonly cost: Argon2Cost }
    | { readonly kind: Pbkdf2Kind; readonly iterations: number }
    /** `cost` is the binary logarithm of N. */
    | {
      readonly kind: "scrypt";
      readonly cost: number;
      readonly blockSize: number;
      readonly parallelism: number;
    }
    /** The second is of the SHA-256 of the password, as Django makes it. */
    | { readonly kind: "bcrypt" | "bcrypt-sha256"; readonly rounds: number }
  );

/** Stands where a user has no password: no password matches it. */
export const NO_PASSWORD = "!";

/**
 * The most that an imported hash may cost. A file of users could otherwise make a sign-in take
 * minutes, or the memory of the machine. Each takes about a second.
 */
const MOST = {
  iterations: 2_000_000,
  rounds: 14,
  /** KiB, passes and lanes of Argon2id. */
  memory: 131_072,
  work: 1_048_576,
  lanes: 16,
  /** N × r of scrypt, which takes 128 bytes for each, and that times p. */
  scryptBlocks: 524_288,
  scryptWork: 1_048_576,
} as const;

const BCRYPT_SALT_BYTES = 16;
/** Length of a hash of bcrypt. */
export const BCRYPT_HASH_BYTES = 23;
const SCRYPT_HASH_BYTES = 64;
const ARGON2_HASH_BYTES = 32;
const ARGON2_SALT_MIN_BYTES = 8;
/** Longer salts than any framework makes would only make rows long. */
const SALT_MAX_BYTES = 128;

/**
 * Writes a hash as a PHC string.
 *
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 */
export function formatPhc(value: PasswordHash): string {
  return `${schemeOf(value)}${encode(value.salt)}$${encode(value.hash)}`;
}

/** Returns what a PHC string has before the salt. Hashes of a scheme cost the same. */
export function schemeOf(value: PasswordHash): string {
  return `$${value.kind}$${parametersOf(value)}$`;
}

function parametersOf(value: PasswordHash): string {
  switch (value.kind) {
    case "argon2id":
      return `v=19$m=${value.cost.memory},t=${value.cost.passes},p=${value.cost.parallelism}`;
    case "scrypt":
      return `ln=${value.cost},r=${value.blockSize},p=${value.parallelism}`;
    case "bcrypt":
    case "bcrypt-sha256":
      return `r=${value.rounds}`;
    default:
      return `i=${value.iterations}`;
  }
}

const PHC = /^\$([a-z0-9-]+)\$(?:v=19\$)?([a-z]+=\d{1,8}(?:,[a-z]+=\d{1,8})*)\$([^$]+)\$([^$]+)$/;

/** Reads a PHC string. Returns `undefined` for one that this application does not write. */
export function parsePhc(text: string): PasswordHash | undefined {
  const [, kind = "", parameters = "", salt = "", hash = ""] = PHC.exec(text) ?? [];
  const read = readParameters(kind, numbersIn(parameters));
  const value = read && { ...read, salt: decode(salt), hash: decode(hash) };
  if (!value?.salt || !value.hash || !isAcceptable(value as PasswordHash)) return undefined;
  // Exactly what would be written, so that a hash has one spelling.
  return formatPhc(value as PasswordHash) === text ? value as PasswordHash : undefined;
}

function numbersIn(parameters: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    parameters.split(",").map((pair) => pair.split("=")).map(([name, n]) => [name, Number(n)]),
  );
}

type Parameters<T> = T extends PasswordHash ? Omit<T, keyof Derived> : never;

function readParameters(
  kind: string,
  { m = 0, t = 0, p = 0, i = 0, r = 0, ln = 0 }: Readonly<Record<string, number>>,
): Parameters<PasswordHash> | undefined {
  switch (kind) {
    case "argon2id":
      return { kind, cost: { memory: m, passes: t, parallelism: p } };
    case "scrypt":
      return { kind, cost: ln, blockSize: r, parallelism: p };
    case "bcrypt":
    case "bcrypt-sha256":
      return { kind, rounds: r };
    default:
      return Object.hasOwn(DIGESTS, kind) ? { kind: kind as Pbkdf2Kind, iterations: i } : undefined;
  }
}

/** Whether a hash is whole, and costs no more than a sign-in may. */
export function isAcceptable(value: PasswordHash): boolean {
  const { salt, hash } = value;
  if (salt.length === 0 || salt.length > SALT_MAX_BYTES) return false;
  if (hash.length !== hashBytes(value.kind)) return false;
  switch (value.kind) {
    case "argon2id": {
      const { memory, passes, parallelism } = value.cost;
      return salt.length >= ARGON2_SALT_MIN_BYTES && isWithin(parallelism, MOST.lanes) &&
        isWithin(memory, MOST.memory) &&
        memory >= 8 * parallelism && passes >= 1 && isWithin(memory * passes, MOST.work);
    }
    case "scrypt": {
      const { cost, blockSize, parallelism } = value;
      const blocks = 2 ** cost * blockSize;
      return cost >= 1 && isWithin(blocks, MOST.scryptBlocks) &&
        isWithin(blocks * parallelism, MOST.scryptWork);
    }
    case "bcrypt":
    case "bcrypt-sha256":
      return salt.length === BCRYPT_SALT_BYTES && value.rounds >= 4 && value.rounds <= MOST.rounds;
    default:
      return isWithin(value.iterations, MOST.iterations);
  }
}

function isWithin(number: number, most: number): boolean {
  return number >= 1 && number <= most;
}

/** Makes a hash of a scheme that no password matches, and that costs as much as a real one. */
export function decoyOf(scheme: string): PasswordHash | undefined {
  const [, kind = "", parameters = ""] = /^\$([a-z0-9-]+)\$(?:v=19\$)?([^$]+)\$$/.exec(scheme) ??
    [];
  const read = readParameters(kind, numbersIn(parameters));
  if (!read) return undefined;
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const value = { ...read, salt: random(BCRYPT_SALT_BYTES), hash: random(hashBytes(read.kind)) };
  return isAcceptable(value as PasswordHash) ? value as PasswordHash : undefined;
}

/** Returns the length of a hash. PBKDF2 and scrypt could make others, at another cost. */
function hashBytes(kind: PasswordHash["kind"]): number {
  switch (kind) {
    case "argon2id":
      return ARGON2_HASH_BYTES;
    case "scrypt":
      return SCRYPT_HASH_BYTES;
    case "bcrypt":
    case "bcrypt-sha256":
      return BCRYPT_HASH_BYTES;
    default:
      return DIGESTS[kind];
  }
}

/** The scheme of new hashes. */
export const OWN_SCHEME =
  `$argon2id$v=19$m=${ARGON2_COST.memory},t=${ARGON2_COST.passes},p=${ARGON2_COST.parallelism}$`;

/** Whether a hash is cheaper than a new one or of another kind. */
export function isOutdated(value: PasswordHash): boolean {
  return value.kind !== "argon2id" || value.cost.memory < ARGON2_COST.memory ||
    value.cost.passes < ARGON2_COST.passes;
}

function encode(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true });
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: "loose" });
  } catch {
    return undefined;
  }
}
