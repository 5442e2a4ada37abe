import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import type { TestApp } from "./app.ts";
import type { Answer, TestClient } from "./client.ts";
import { type Person, signedIn } from "./people.ts";

/** What a server asks of an authenticator, as far as this one needs it. */
interface Question {
  readonly challenge: string;
  readonly rp?: { readonly id: string };
  readonly rpId?: string;
  readonly user?: { readonly id: string };
}

/** What an answer has instead of what was asked for. */
export interface Deviation {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly userHandle?: string | undefined;
  readonly counter?: number;
  /** Bits of the flags that are not set, see {@linkcode FLAGS}. */
  readonly without?: number;
  readonly format?: string;
  /** As COSE. */
  readonly publicKey?: Uint8Array;
}

/** @see https://www.w3.org/TR/webauthn-3/#authdata-flags */
export const FLAGS = { present: 0x01, verified: 0x04, mayBackUp: 0x08, backedUp: 0x10, key: 0x40 };

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();

/** An authenticator in software that has one passkey: ECDSA with P-256, synced, with a counter. */
export class SoftPasskey {
  readonly id = randomBytes(32).toString("base64url");
  readonly aaguid: Buffer;
  #counter = 0;
  #handle: string | undefined;
  readonly #key: KeyObject;
  readonly #publicKey: Uint8Array;

  constructor(private readonly origin: string, aaguid = "00000000-0000-0000-0000-000000000000") {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#key = privateKey;
    this.#publicKey = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(x, "base64url"))],
        [-3, new Uint8Array(Buffer.from(y, "base64url"))],
      ]),
    );
    this.aaguid = Buffer.from(aaguid.replaceAll("-", ""), "hex");
  }

  /** Its private part, which never leaves an authenticator. */
  get privatePart(): string {
    return this.#key.export({ format: "jwk" }).d ?? "";
  }

  /** Answers what a browser asks to make a passkey. */
  make(question: Question, deviation: Deviation = {}): string {
    this.#handle = question.user?.id;
    const id = Buffer.from(this.id, "base64url");
    const length = Buffer.from([id.length >> 8, id.length & 0xff]);
    const authData = Buffer.concat([
      this.#authenticatorData(question, deviation, FLAGS.key),
      this.aaguid,
      length,
      id,
      deviation.publicKey ?? this.#publicKey,
    ]);
    const attestation = isoCBOR.encode(
      new Map<string, string | Uint8Array | Map<string, string>>([
        ["fmt", deviation.format ?? "none"],
        ["attStmt", new Map()],
        ["authData", new Uint8Array(authData)],
      ]),
    );
    return this.#answer({
      clientDataJSON: this.#clientData("webauthn.create", question, deviation).toString(
        "base64url",
      ),
      attestationObject: Buffer.from(attestation).toString("base64url"),
      transports: ["internal", "hybrid"],
    });
  }

  /** Answers what a browser asks to use the passkey. */
  use(question: Question, deviation: Deviation = {}): string {
    const authData = this.#authenticatorData(question, deviation, 0);
    const clientData = this.#clientData("webauthn.get", question, deviation);
    const signed = Buffer.concat([authData, sha256(clientData)]);
    return this.#answer({
      clientDataJSON: clientData.toString("base64url"),
      authenticatorData: authData.toString("base64url"),
      signature: sign("sha256", signed, this.#key).toString("base64url"),
      userHandle: "userHandle" in deviation ? deviation.userHandle : this.#handle,
    });
  }

  #authenticatorData(question: Question, deviation: Deviation, extra: number): Buffer {
    const { present, verified, mayBackUp, backedUp } = FLAGS;
    const flags = (present | verified | mayBackUp | backedUp | extra) & ~(deviation.without ?? 0);
    const counter = Buffer.alloc(4);
    this.#counter = deviation.counter ?? this.#counter + 1;
    counter.writeUInt32BE(this.#counter);
    const rpId = deviation.rpId ?? question.rp?.id ?? question.rpId ?? "";
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter]);
  }

  #clientData(type: string, { challenge }: Question, deviation: Deviation): Buffer {
    const { origin = this.origin } = deviation;
    return Buffer.from(JSON.stringify({ type, challenge, origin, ...deviation }));
  }

  #answer(response: Record<string, unknown>): string {
    const { id } = this;
    const extensions = { clientExtensionResults: {} };
    return JSON.stringify({ id, rawId: id, type: "public-key", response, ...extensions });
  }
}

/** Where the passkeys of an application work: this machine counts as `localhost`. */
export function passkeyOrigin({ origin }: TestApp): string {
  return origin.replace("127.0.0.1", "localhost");
}

/** What a route asks a passkey. */
export async function ask(client: TestClient, path: string): Promise<Question> {
  const answer = await client.sendJson("POST", path, { credential: "" });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

/** A passkey, and the browser that has added it. */
export interface OwnedPasskey {
  readonly passkey: SoftPasskey;
  readonly passkey_id: number;
  readonly browser: TestClient;
}

/** Adds a passkey for a person, as a script would. */
export async function addPasskey(
  app: TestApp,
  person: Person,
  browser?: TestClient,
): Promise<OwnedPasskey> {
  const client = browser ?? await signedIn(app, person);
  const passkey = new SoftPasskey(passkeyOrigin(app));
  const credential = passkey.make(await ask(client, "/passkeys"));
  const added = await client.sendJson("POST", "/passkeys", { credential });
  assert.equal(added.status, 201, added.text);
  return { passkey, passkey_id: JSON.parse(added.text).passkey.passkey_id, browser: client };
}

/** Signs in with a passkey, without a name. */
export async function signInWith(
  browser: TestClient,
  passkey: SoftPasskey,
  deviation?: Deviation,
): Promise<Answer> {
  const question = await ask(browser, "/passkey_login");
  const credential = passkey.use(question, deviation);
  return await browser.sendJson("POST", "/passkey_login", { credential });
}

/** All passkeys in the database. */
export function passkeysOf({ services: { db } }: TestApp) {
  return db.selectFrom("passkeys").selectAll().orderBy("id").execute();
}
