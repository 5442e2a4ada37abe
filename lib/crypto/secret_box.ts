import { messageOf } from "@/lib/message_of.ts";

/** Encrypts what the database must not show. */
export interface SecretBox {
  /** Encrypts a text with the first key, for one purpose and user: nothing else can open it. */
  seal(text: string, use: SecretUse): Promise<string>;
  /**
   * Decrypts what {@linkcode seal} has made with any of the keys.
   *
   * @throws {SecretKeyError} if no key fits, or if the text belongs to another purpose or user.
   */
  open(sealed: string, use: SecretUse): Promise<string>;
  /** Whether a text was sealed with an older key than the first. */
  isOutdated(sealed: string): Promise<boolean>;
  /** Whether any key opens a text. */
  knowsKeyOf(sealed: string): Promise<boolean>;
}

/** What a secret is for, and whose it is. */
export interface SecretUse {
  readonly purpose: "totp";
  readonly userId: number;
}

/** A secret cannot be decrypted with the keys of this server. */
export class SecretKeyError extends Error {
  override readonly name = "SecretKeyError";
}

/** Bytes of the random nonce that AES-GCM needs. */
const NONCE_BYTES = 12;

interface Key {
  /** Stands before each text that the key has sealed. */
  readonly id: string;
  readonly aes: CryptoKey;
}

/**
 * Opens a box with keys that are derived from texts: the first one seals, all of them open.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5869
 * @see https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf
 */
export function createSecretBox(texts: readonly [string, ...string[]]): SecretBox {
  let derived: Promise<Key[]> | undefined;
  const keys = () => derived ??= Promise.all(texts.map(deriveKey));
  const findKey = async (sealed: string) => {
    const [id] = sealed.split(".");
    return (await keys()).find((key) => key.id === id);
  };
  return {
    async seal(text, use) {
      const [{ id, aes }] = await keys() as [Key];
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const cipher = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: bytesOfUse(use) },
        aes,
        new TextEncoder().encode(text),
      );
      return [id, base64(iv), base64(new Uint8Array(cipher))].join(".");
    },
    async open(sealed, use) {
      const key = await findKey(sealed);
      if (!key) throw new SecretKeyError("No key of SECRET_KEY has made this secret");
      const [, iv = "", cipher = ""] = sealed.split(".");
      try {
        const text = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: bytes(iv), additionalData: bytesOfUse(use) },
          key.aes,
          bytes(cipher),
        );
        return new TextDecoder().decode(text);
      } catch (cause) {
        throw new SecretKeyError(`A secret is damaged: ${messageOf(cause)}`, { cause });
      }
    },
    isOutdated: async (sealed) => !sealed.startsWith(`${(await keys())[0]!.id}.`),
    knowsKeyOf: async (sealed) => await findKey(sealed) !== undefined,
  };
}

async function deriveKey(text: string): Promise<Key> {
  const source = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(text),
    "HKDF",
    false,
    ["deriveBits", "deriveKey"],
  );
  const hkdf = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode(info),
  });
  const id = await crypto.subtle.deriveBits(hkdf("id of the key"), source, 48);
  const aes = await crypto.subtle.deriveKey(
    hkdf("secrets in the database"),
    source,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
  return { id: base64(new Uint8Array(id)), aes };
}

function bytesOfUse({ purpose, userId }: SecretUse): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${purpose}:${userId}`);
}

function base64(data: Uint8Array): string {
  return data.toBase64({ alphabet: "base64url", omitPadding: true });
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
