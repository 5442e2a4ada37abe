import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { isLoopbackHost, parseAddress, unbracketed } from "@/lib/ip_address.ts";

/** The site that passkeys belong to. They work on its pages only. */
export interface RelyingParty {
  /** Its host. A passkey is useless for another one. */
  readonly id: string;
  readonly name: string;
  readonly origin: string;
}

/** A passkey that a browser is told of, so that it offers it or does not make it twice. */
export interface KnownPasskey {
  readonly id: string;
  readonly transports: readonly Transport[];
}

/** How a browser reaches an authenticator. */
export type Transport = typeof TRANSPORTS[number];

/** A passkey that was just made. */
export interface NewPasskey {
  readonly credentialId: string;
  /** COSE key in base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly Transport[];
  /** Names the kind of authenticator, such as a password manager. */
  readonly aaguid: string;
  readonly synced: boolean;
}

/** What a passkey says of itself when it is used. */
export interface PasskeyUse {
  readonly counter: number;
  readonly synced: boolean;
}

/** What a browser answers, read only as far as is needed to look the passkey up. */
export interface PasskeyAnswer {
  readonly credentialId: string;
  /** What was signed: the server has made it. */
  readonly challenge: string;
  /** The user that the passkey was made for, see {@linkcode userHandle}. */
  readonly handle: string | undefined;
  /** The whole answer, which is not checked yet. */
  readonly unchecked: unknown;
}

const TRANSPORTS = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;

/** Ed25519, ECDSA with P-256 and SHA-256, RSA with SHA-256. */
const ALGORITHMS = [-8, -7, -257];

/** The longest id that the standard allows. */
const CREDENTIAL_ID_MAX_BYTES = 1_023;
/** More than an RSA key of 4,096 bits has. A longer one would be slow to check. */
const PUBLIC_KEY_MAX_BYTES = 700;

/** For its answer, in milliseconds. */
interface Patience {
  readonly timeout: number;
}

/**
 * Returns the site that passkeys belong to. `undefined` where browsers have no passkeys: without
 * https, and for an address instead of a host name. This machine counts as `localhost` by all its
 * names and addresses.
 *
 * @see https://www.w3.org/TR/webauthn-3/#rp-id
 */
export function relyingPartyOf(
  { appUrl, appName: name }: { readonly appUrl: string; readonly appName: string },
): RelyingParty | undefined {
  const { protocol, hostname: id, port } = new URL(appUrl);
  if (isLoopbackHost(id)) {
    const origin = `${protocol}//localhost${port === "" ? "" : `:${port}`}`;
    return { id: "localhost", name, origin };
  }
  const isAddress = parseAddress(unbracketed(id)) !== undefined;
  return protocol === "https:" && !isAddress ? { id, name, origin: appUrl } : undefined;
}

/** The name by which an authenticator knows a user: their number in base64url. */
export function userHandle(userId: number): string {
  return handleBytes(userId).toBase64(BASE64URL);
}

/** Returns what a browser needs to make a passkey that can sign in without a name. */
export async function creationOptions(
  party: RelyingParty,
  user: { readonly id: number; readonly username: string },
  request: Patience & { readonly challenge: string; readonly known: readonly KnownPasskey[] },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await import("@simplewebauthn/server");
  return await generateRegistrationOptions({
    rpID: party.id,
    rpName: party.name,
    userID: handleBytes(user.id),
    userName: user.username,
    challenge: bytesOf(request.challenge),
    timeout: request.timeout,
    attestationType: "none",
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: request.known.map(descriptorOf),
  });
}

/** Returns what a browser needs to use a passkey: one of `known`, or any if there are none. */
export async function requestOptions(
  party: RelyingParty,
  request: Patience & { readonly challenge: string; readonly known: readonly KnownPasskey[] },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await import("@simplewebauthn/server");
  return await generateAuthenticationOptions({
    rpID: party.id,
    challenge: bytesOf(request.challenge),
    timeout: request.timeout,
    userVerification: "required",
    allowCredentials: request.known.map(descriptorOf),
  });
}

/** Reads the JSON that a browser answers. `undefined` if it is something else. */
export function readAnswer(text: string): PasskeyAnswer | undefined {
  try {
    const unchecked = JSON.parse(text);
    const { id, response: { clientDataJSON, userHandle: handle } } = unchecked;
    const { challenge } = JSON.parse(new TextDecoder().decode(bytesOf(clientDataJSON)));
    const isSound = [id, challenge].every((part) => typeof part === "string") &&
      (handle === undefined || handle === null || typeof handle === "string");
    return isSound
      ? { credentialId: id, challenge, handle: handle ?? undefined, unchecked }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Checks a passkey that was just made. `undefined` if anything is wrong with it.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
 */
export async function checkNewPasskey(
  party: RelyingParty,
  { unchecked, challenge }: PasskeyAnswer,
): Promise<NewPasskey | undefined> {
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const response = unchecked as RegistrationResponseJSON;
  return await orUndefined(async () => {
    // Before the check of an attestation, which would follow addresses in its certificates.
    if (!await isWithoutCertificate(response)) return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified || !registrationInfo) return undefined;
    const { credential: { id, publicKey, counter }, aaguid } = registrationInfo;
    if (bytesOf(id).length > CREDENTIAL_ID_MAX_BYTES) return undefined;
    if (publicKey.length > PUBLIC_KEY_MAX_BYTES) return undefined;
    return {
      credentialId: id,
      publicKey: publicKey.toBase64(BASE64URL),
      counter,
      transports: transportsOf(response),
      aaguid,
      synced: registrationInfo.credentialBackedUp,
    };
  });
}

/**
 * Checks what a passkey has signed: origin, host, type, challenge, that its user was verified, that
 * its counter has grown. `undefined` if anything is wrong.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
 */
export async function checkPasskeyUse(
  party: RelyingParty,
  { unchecked, challenge }: PasskeyAnswer,
  stored: Pick<NewPasskey, "credentialId" | "publicKey" | "counter">,
): Promise<PasskeyUse | undefined> {
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  return await orUndefined(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: unchecked as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: stored.credentialId,
        publicKey: bytesOf(stored.publicKey),
        counter: stored.counter,
      },
    });
    const { newCounter: counter, credentialBackedUp: synced } = authenticationInfo;
    return verified ? { counter, synced } : undefined;
  });
}

/** Whether an attestation is empty, or the passkey's own signature. Others have certificates. */
async function isWithoutCertificate({ response }: RegistrationResponseJSON): Promise<boolean> {
  const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
  const attestation = decodeAttestationObject(bytesOf(response.attestationObject));
  const format = attestation.get("fmt");
  return format === "none" ||
    (format === "packed" && attestation.get("attStmt").get("x5c") === undefined);
}

/** Runs a check of the package, which throws for whatever is wrong with the input. */
async function orUndefined<T>(check: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}

function transportsOf({ response: { transports } }: RegistrationResponseJSON): Transport[] {
  const said: readonly unknown[] = Array.isArray(transports) ? transports : [];
  return TRANSPORTS.filter((transport) => said.includes(transport));
}

function descriptorOf({ id, transports }: KnownPasskey) {
  return { id, transports: [...transports] };
}

function handleBytes(userId: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(String(userId));
}

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
