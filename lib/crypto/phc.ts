import { ARGON2_COST, type Argon2Cost } from "./argon2.ts";

/** A password hash with everything needed to check a password against it. */
export type PasswordHash =
  | {
    readonly kind: "argon2id";
    readonly cost: Argon2Cost;
    readonly salt: Uint8Array<ArrayBuffer>;
    readonly hash: Uint8Array<ArrayBuffer>;
  }
  | {
    readonly kind: "pbkdf2-sha512";
    readonly iterations: number;
    readonly salt: Uint8Array<ArrayBuffer>;
    readonly hash: Uint8Array<ArrayBuffer>;
  };

/** Stands where a user has no password: no password matches it. */
export const NO_PASSWORD = "!";

const ARGON2ID =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]{43})$/;
const PBKDF2 = /^\$pbkdf2-sha512\$i=(\d{1,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]{43,})$/;

/**
 * Writes a hash as a PHC string.
 *
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 */
export function formatPhc(value: PasswordHash): string {
  const parameters = value.kind === "argon2id"
    ? `v=19$m=${value.cost.memory},t=${value.cost.passes},p=${value.cost.parallelism}`
    : `i=${value.iterations}`;
  return `$${value.kind}$${parameters}$${encode(value.salt)}$${encode(value.hash)}`;
}

/** Reads a PHC string. Returns `undefined` for one that this application does not write. */
export function parsePhc(text: string): PasswordHash | undefined {
  const argon2 = ARGON2ID.exec(text);
  if (argon2) {
    const [memory, passes, parallelism] = argon2.slice(1, 4).map(Number);
    return {
      kind: "argon2id",
      cost: { memory: memory!, passes: passes!, parallelism: parallelism! },
      salt: decode(argon2[4]!),
      hash: decode(argon2[5]!),
    };
  }
  const pbkdf2 = PBKDF2.exec(text);
  return pbkdf2 === null ? undefined : {
    kind: "pbkdf2-sha512",
    iterations: Number(pbkdf2[1]),
    salt: decode(pbkdf2[2]!),
    hash: decode(pbkdf2[3]!),
  };
}

/** Whether a hash is cheaper than a new one or of another kind. */
export function isOutdated(value: PasswordHash): boolean {
  return value.kind !== "argon2id" || value.cost.memory < ARGON2_COST.memory ||
    value.cost.passes < ARGON2_COST.passes;
}

function encode(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true });
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { lastChunkHandling: "loose" });
}
