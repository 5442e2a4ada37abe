import {
  checkNewPasskey,
  creationOptions,
  type NewPasskey,
  type PasskeyAnswer,
  readAnswer,
} from "@/lib/crypto/passkeys.ts";
import { NO_PASSWORD } from "@/lib/crypto/phc.ts";
import type { Tx } from "@/lib/db/database.ts";
import { endDeviceTrust } from "@/lib/repo/devices.ts";
import { takeOneTimeToken } from "@/lib/repo/one_time_tokens.ts";
import {
  countPasskeysOfUser,
  deletePasskey,
  insertPasskey,
  listPasskeysOfUser,
  type Passkey,
  updatePasskeyName,
} from "@/lib/repo/passkeys.ts";
import { replacePasswordHash } from "@/lib/repo/user_logins.ts";
import { findUserById, type User } from "@/lib/repo/users.ts";
import { PASSKEYS_MAX } from "@/lib/shared/limits.ts";
import type { PasskeyView } from "@/lib/shared/account_views.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, requireProof } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertKnownSession, type NewSession } from "./new_session.ts";
import { announce, changeOwn, needsAddress } from "./own_change.ts";
import { guessPasskeyName } from "./passkey_names.ts";
import {
  findChallenge,
  knownPasskey,
  makeChallenge,
  PASSKEY_TIMEOUT_MS,
  requireParty,
  thisSession,
} from "./passkey_proof.ts";
import { hasPassword } from "./passwords.ts";
import { revokeTrust } from "./trust.ts";
import { requireFactorLeft } from "./two_factor_policy.ts";

/** What a browser needs to make a passkey. */
export type PasskeyCreation = Awaited<ReturnType<typeof creationOptions>>;

/**
 * Lists the actor's passkeys, oldest first.
 *
 * @param to open their page, or show it again after one of its forms
 * @throws {DomainError} `not_signed_in`, `step_up_required`
 */
export async function listPasskeys(
  { db }: Services,
  actor: UserActor,
  to: "open" | "send",
): Promise<PasskeyView[]> {
  authorise(actor, "add_passkey", actor.userId);
  await requireProof(db, actor, { action: "add_passkey", targetId: actor.userId, to });
  return (await listPasskeysOfUser(db, actor.userId)).map(passkeyView);
}

/**
 * Begins to add a passkey.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `passkeys_not_offered`,
 * `address_not_confirmed`, `too_many_passkeys`, `too_many_requests`
 */
export async function beginPasskey(
  services: Services,
  actor: UserActor,
): Promise<PasskeyCreation> {
  authorise(actor, "add_passkey", actor.userId);
  const { db, settings } = services;
  const party = requireParty(services);
  await requireProof(db, actor, { action: "add_passkey", targetId: actor.userId, to: "send" });
  const user = await findUserById(db, actor.userId);
  if (!user) throw new DomainError("not_signed_in");
  if (needsAddress(settings, user)) throw new DomainError("address_not_confirmed");
  const passkeys = await listPasskeysOfUser(db, user.id);
  if (passkeys.length >= PASSKEYS_MAX) throw new DomainError("too_many_passkeys");
  const challenge = await makeChallenge(services, actor, ownRegistration(actor));
  return await creationOptions(party, user, {
    challenge,
    known: passkeys.map(knownPasskey),
    timeout: PASSKEY_TIMEOUT_MS,
  });
}

/**
 * Adds the passkey that a browser has made.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `passkeys_not_offered`,
 * `passkey_not_added`, `passkey_known`, `address_not_confirmed`, `too_many_passkeys`
 */
export async function addPasskey(
  services: Services,
  actor: UserActor,
  credential: string,
): Promise<PasskeyView> {
  authorise(actor, "add_passkey", actor.userId);
  const answer = readAnswer(credential);
  const passkey = answer && await checkNewPasskey(requireParty(services), answer);
  if (!passkey) throw new DomainError("passkey_not_added");
  return await changeOwn(services, actor, "add_passkey", async (tx, user) => {
    if (needsAddress(services.settings, user)) throw new DomainError("address_not_confirmed");
    await useRegistration(tx, actor, answer);
    if (await countPasskeysOfUser(tx, user.id) >= PASSKEYS_MAX) {
      throw new DomainError("too_many_passkeys");
    }
    const added = await insertPasskey(tx, rowOf(user, passkey));
    if (!added) throw new DomainError("passkey_known");
    await endDeviceTrust(tx, user.id);
    await announce(tx, actor, user, "add_passkey", "passkey_added");
    return passkeyView(added);
  });
}

/**
 * Renames one of the actor's passkeys.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `passkey_not_found`
 */
export function renamePasskey(
  services: Services,
  actor: UserActor,
  { passkey_id: id, name }: { readonly passkey_id: number; readonly name: string },
): Promise<void> {
  return changeOwn(services, actor, "rename_passkey", async (tx, user) => {
    const isRenamed = await updatePasskeyName(tx, { user_id: user.id, id, name });
    if (!isRenamed) throw new DomainError("passkey_not_found");
    await audit(tx, actor, "rename_passkey", user);
  });
}

/**
 * Removes one of the actor's passkeys. All other sessions end, since it may have opened them.
 *
 * @returns a new session
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `passkey_not_found`, `last_way_in`,
 * `two_factor_kept`
 */
export function removePasskey(
  services: Services,
  actor: UserActor,
  passkeyId: number,
): Promise<NewSession> {
  return changeOwn(services, actor, "remove_passkey", async (tx, user, { proven_by }) => {
    if (!await deletePasskey(tx, user.id, passkeyId)) throw new DomainError("passkey_not_found");
    if (!hasPassword(services, user) && await countPasskeysOfUser(tx, user.id) === 0) {
      throw new DomainError("last_way_in");
    }
    await requireFactorLeft(services, tx, user);
    await announce(tx, actor, user, "remove_passkey", "passkey_removed");
    await revokeTrust(tx, [user.id]);
    return await insertKnownSession(tx, actor, user.id, proven_by);
  });
}

/**
 * Removes the actor's password, so that only passkeys sign in. All other sessions end.
 *
 * @returns a new session
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `password_is_off`, `passkey_needed`
 */
export function removePassword(services: Services, actor: UserActor): Promise<NewSession> {
  return changeOwn(services, actor, "remove_password", async (tx, user, { proven_by }) => {
    if (!hasPassword(services, user)) throw new DomainError("password_is_off");
    if (await countPasskeysOfUser(tx, user.id) === 0) throw new DomainError("passkey_needed");
    await replacePasswordHash(tx, user.id, user.password_hash, NO_PASSWORD);
    await announce(tx, actor, user, "remove_password", "password_removed");
    await revokeTrust(tx, [user.id]);
    return await insertKnownSession(tx, actor, user.id, proven_by);
  });
}

function ownRegistration(actor: UserActor) {
  const { userId } = actor;
  return { kind: "passkey_registration", boundTo: thisSession(actor), userId } as const;
}

async function useRegistration(tx: Tx, actor: UserActor, answer: PasskeyAnswer): Promise<void> {
  const asked = await findChallenge(tx, ownRegistration(actor), answer);
  if (!asked || !await takeOneTimeToken(tx, asked.id)) throw new DomainError("passkey_not_added");
}

function rowOf({ id: user_id }: User, passkey: NewPasskey) {
  return {
    user_id,
    credential_id: passkey.credentialId,
    public_key: passkey.publicKey,
    counter: passkey.counter,
    transports: passkey.transports.join(),
    name: guessPasskeyName(passkey),
    synced: passkey.synced,
  };
}

/** The fields of a passkey that may leave the server. */
export function passkeyView({ id, name, created_at, last_used_at, synced }: Passkey): PasskeyView {
  return {
    passkey_id: id,
    name,
    created_at: created_at.toISOString(),
    last_used_at: last_used_at?.toISOString() ?? null,
    synced,
  };
}
