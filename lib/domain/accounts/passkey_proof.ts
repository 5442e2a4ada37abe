import {
  checkPasskeyUse,
  type KnownPasskey,
  type PasskeyAnswer,
  type PasskeyUse,
  readAnswer,
  type RelyingParty,
  relyingPartyOf,
  requestOptions,
  type Transport,
  userHandle,
} from "@/lib/crypto/passkeys.ts";
import { hashCode, randomToken } from "@/lib/crypto/token.ts";
import type { Db, Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  findOneTimeToken,
  insertOneTimeToken,
  type OneTimeToken,
  takeOneTimeToken,
} from "@/lib/repo/one_time_tokens.ts";
import {
  countPasskeysOfUser,
  findPasskeyByCredentialId,
  listPasskeysOfUser,
  type Passkey,
  recordPasskeyUse,
} from "@/lib/repo/passkeys.ts";
import { type OneTimeKind, PASSKEY_MINUTES } from "@/lib/shared/one_time.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";

/** How long a browser waits for a passkey. */
export const PASSKEY_TIMEOUT_MS = PASSKEY_MINUTES * 60_000;

/** What a passkey has to sign. */
export type PasskeyRequest = Awaited<ReturnType<typeof requestOptions>>;

/** What a challenge is for. An answer for something else is refused. */
interface Purpose {
  readonly kind: Extract<OneTimeKind, `passkey_${string}`>;
  /** Who may answer: a session, a sign-in that waits for its second step, or a browser. */
  readonly boundTo: string;
  /** The user who is asked, if that is known. */
  readonly userId?: number;
}

/** Names a session, to which a challenge is bound. */
export function thisSession({ sessionId }: UserActor): string {
  return `session ${sessionId}`;
}

/** Makes a challenge. The database has its hash, and the answer of the browser contains it. */
export async function makeChallenge(
  { db, limits }: Services,
  actor: AnonymousActor | UserActor,
  { kind, boundTo, userId }: Purpose,
): Promise<string> {
  await limits.passkeys.take(clientOfActor(actor));
  const challenge = randomToken();
  await inTransaction(db, (tx) =>
    insertOneTimeToken(tx, {
      kind,
      user_id: userId ?? null,
      email: "",
      token_hash: hashCode(challenge, boundTo),
      expires_at: new Date(Date.now() + PASSKEY_TIMEOUT_MS),
    }));
  return challenge;
}

/** Finds the challenge that a browser has answered. `undefined` if it was used or is too old. */
export function findChallenge(
  db: Db,
  { kind, boundTo }: Purpose,
  { challenge }: PasskeyAnswer,
): Promise<OneTimeToken | undefined> {
  return findOneTimeToken(db, kind, hashCode(challenge, boundTo));
}

/**
 * Asks for a passkey: one of a user, or of anybody.
 *
 * @throws {DomainError} `passkeys_not_offered`, `too_many_requests`
 */
export async function askForPasskey(
  services: Services,
  actor: AnonymousActor | UserActor,
  { boundTo, userId }: Omit<Purpose, "kind">,
): Promise<PasskeyRequest> {
  const party = requireParty(services);
  const passkeys = userId === undefined ? [] : await listPasskeysOfUser(services.db, userId);
  const challenge = await makeChallenge(services, actor, {
    kind: "passkey_sign_in",
    boundTo,
    ...(userId !== undefined && { userId }),
  });
  return await requestOptions(party, {
    challenge,
    known: passkeys.map(knownPasskey),
    timeout: PASSKEY_TIMEOUT_MS,
  });
}

/** A passkey that has signed what it was asked to. Nothing has changed yet. */
export interface CheckedPasskey {
  readonly passkey: Passkey;
  readonly use: PasskeyUse;
  readonly challengeId: number;
  /** Whether the browser said whose passkey it is. */
  readonly namesUser: boolean;
}

/**
 * Checks what a browser answers for a passkey.
 *
 * @throws {DomainError} `passkey_refused`, whatever is wrong
 */
export async function checkPasskey(
  { db, settings }: Services,
  boundTo: string,
  credential: string,
): Promise<CheckedPasskey> {
  const party = relyingPartyOf(settings);
  const answer = readAnswer(credential);
  const purpose = { kind: "passkey_sign_in", boundTo } as const;
  const asked = answer && await findChallenge(db, purpose, answer);
  const passkey = asked && await findPasskeyByCredentialId(db, answer.credentialId);
  const use = party && passkey && await checkPasskeyUse(party, answer, {
    credentialId: passkey.credential_id,
    publicKey: passkey.public_key,
    counter: passkey.counter,
  });
  if (!use) throw new DomainError("passkey_refused");
  const namesUser = answer.handle !== undefined;
  if (namesUser && answer.handle !== userHandle(passkey.user_id)) {
    throw new DomainError("passkey_refused");
  }
  return { passkey, use, challengeId: asked.id, namesUser };
}

/**
 * Uses a challenge up and records the use of its passkey. Lock the user first.
 *
 * @throws {DomainError} `passkey_refused` if another request was faster, or the passkey is gone.
 */
export async function usePasskey(
  tx: Tx,
  { passkey, use, challengeId }: CheckedPasskey,
): Promise<void> {
  const isUsed = await takeOneTimeToken(tx, challengeId) &&
    await recordPasskeyUse(tx, passkey.id, use);
  if (!isUsed) throw new DomainError("passkey_refused");
}

/** Where passkeys work. `undefined` if this installation has none. */
export function passkeyOrigin(settings: Services["settings"]): string | undefined {
  return relyingPartyOf(settings)?.origin;
}

/** Whether a user has a passkey that works here. */
export async function hasPasskey(
  { db, settings }: Pick<Services, "db" | "settings">,
  userId: number,
): Promise<boolean> {
  return relyingPartyOf(settings) !== undefined && await countPasskeysOfUser(db, userId) > 0;
}

/** @throws {DomainError} `passkeys_not_offered` */
export function requireParty({ settings }: Pick<Services, "settings">): RelyingParty {
  const party = relyingPartyOf(settings);
  if (!party) throw new DomainError("passkeys_not_offered");
  return party;
}

/** What a browser is told of a passkey. */
export function knownPasskey({ credential_id: id, transports }: Passkey): KnownPasskey {
  return { id, transports: transports.split(",").filter(Boolean) as Transport[] };
}
