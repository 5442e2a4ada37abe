/** Seconds of one step, as every authenticator assumes. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** 160 random bits, as many as SHA-1 has. */
const SECRET_BYTES = 20;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Makes a secret for an authenticator, in Base32. */
export function randomTotpSecret(): string {
  const bits = [...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))]
    .map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{5}/g, (five) => BASE32[parseInt(five, 2)]!);
}

/** The step of a time, which is the same for all that happens within 30 seconds. */
export function stepAt(time: Date): number {
  return Math.floor(time.getTime() / 1_000 / STEP_SECONDS);
}

/**
 * Computes the code of a step, by HMAC-SHA-1.
 *
 * @param secret in Base32
 * @see https://www.rfc-editor.org/rfc/rfc6238
 */
export async function totpCode(secret: string, step: number): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), algorithm, false, ["sign"]);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const hash = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const offset = hash.getUint8(hash.byteLength - 1) & 0xf;
  const number = hash.getUint32(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/**
 * Finds the step that a code belongs to: the current one, or one before or after it, because clocks
 * differ. `undefined` if the code is wrong.
 *
 * @param usedStep the last step whose code was taken. It and those before are refused
 */
export async function findStep(
  secret: string,
  code: string,
  usedStep: number,
  now = new Date(),
): Promise<number | undefined> {
  const current = stepAt(now);
  for (const step of [current, current - 1, current + 1]) {
    if (step > usedStep && await totpCode(secret, step) === code) return step;
  }
  return undefined;
}

/**
 * The link that adds an account to an authenticator. Spaces are `%20`, because some read `+` as it
 * is.
 *
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function totpUri(
  { issuer, account, secret }: {
    readonly issuer: string;
    readonly account: string;
    readonly secret: string;
  },
): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}` +
    `&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0"));
  const octets = bits.join("").match(/.{8}/g) ?? [];
  return Uint8Array.from(octets, (octet) => parseInt(octet, 2));
}
