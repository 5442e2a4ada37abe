import { beginningOf, isApiKey, randomApiKey } from "@/lib/crypto/api_key.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  type ApiKey,
  deleteApiKeyOfUser,
  deleteExpiredApiKeys,
  findApiKey,
  insertApiKey,
  listApiKeysOfUser,
  touchApiKey,
} from "@/lib/repo/api_keys.ts";
import { API_KEYS_LISTED_DAYS, API_KEYS_MAX, type Scope, scopesOf } from "@/lib/shared/api_keys.ts";
import type { ApiKeysView, ApiKeyView } from "@/lib/shared/account_views.ts";
import type { Viewer } from "@/lib/shared/views.ts";
import type { ApiKeyActor, RequestSource, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUser } from "@/lib/domain/users/admins.ts";
import { getUser } from "@/lib/domain/users/read_users.ts";
import { minutesFromNow } from "./one_time.ts";
import { postLetters } from "./letters.ts";

const DAY_MINUTES = 24 * 60;

/** A program with a key that works, and the user whose key it is. */
export interface CurrentKey {
  readonly actor: ApiKeyActor;
  readonly viewer: Viewer;
}

/** What a new key may do, and how long. */
export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly days: number;
}

/** A key that was just made. The database has only the hash of its token. */
export interface MadeApiKey {
  readonly api_key: ApiKeyView;
  readonly token: string;
}

/**
 * Finds the user of an API key. Runs on every request, so that role and status are current.
 *
 * @throws {DomainError} `key_invalid` if it never existed, has ended, belongs to a suspended user or
 * has scopes beyond the user's role. `too_many_requests`
 */
export async function authenticateKey(
  services: Services,
  source: RequestSource,
  token: string,
): Promise<CurrentKey> {
  const { db, limits } = services;
  // The checksum saves a query for other texts.
  const key = isApiKey(token) ? await findApiKey(db, hashToken(token)) : undefined;
  if (!key || !isWithin(key.scopes, key.role)) {
    await limits.wrongApiKeys.take(clientOfActor({ kind: "anonymous", source }));
    throw new DomainError("key_invalid");
  }
  await limits.apiKeyRequests.take(String(key.id));
  if (key.is_stale) await touchApiKey(db, key.id, source.ip);
  const { user_id, username, role, image, scopes } = key;
  const user = { userId: user_id, username, role };
  return {
    actor: { kind: "api_key", source, ...user, keyId: key.id, keyName: key.name, scopes },
    viewer: { user_id, username, full_name: key.full_name ?? "", image, role },
  };
}

/**
 * Lists the keys of a user, newest first. Users see their own, admins also those of others.
 *
 * @throws {DomainError} `forbidden`, `user_not_found`
 */
export async function listApiKeys(
  services: Services,
  actor: UserActor,
  userId: number,
): Promise<ApiKeysView> {
  authorise(actor, "see_api_keys", userId);
  const { user_id, username, full_name } = await getUser(services, actor, userId);
  const keys = await listApiKeysOfUser(services.db, userId);
  return { user: { user_id, username, full_name }, api_keys: keys.map(apiKeyView) };
}

/**
 * Makes an API key for the actor.
 *
 * @throws {DomainError} `step_up_required`, `not_signed_in`, `too_many_api_keys`, and `forbidden` for
 * scopes beyond the user's role
 */
export async function makeApiKey(
  { db, jobs }: Services,
  actor: UserActor,
  { name, scopes, days }: NewApiKey,
): Promise<MadeApiKey> {
  authorise(actor, "make_api_key", actor.userId);
  const token = randomApiKey();
  const key = await inTransaction(db, async (tx) => {
    const user = await lockUser(tx, actor.userId);
    await confirmSession(tx, actor, "make_api_key", user.id);
    if (!isWithin(scopes, user.role)) throw new DomainError("forbidden");
    const { length } = await listApiKeysOfUser(tx, user.id);
    if (length >= API_KEYS_MAX) throw new DomainError("too_many_api_keys");
    const made = await insertApiKey(tx, {
      user_id: user.id,
      name,
      prefix: beginningOf(token),
      token_hash: hashToken(token),
      scopes: [...scopes],
      expires_at: minutesFromNow(days * DAY_MINUTES),
    });
    await audit(tx, actor, "make_api_key", user, { name, prefix: made.prefix, scopes, days });
    await postLetters(tx, actor, [{ about: "api_key_made", to: user.email, userId: user.id }]);
    return made;
  });
  jobs.wake("letter");
  return { api_key: apiKeyView(key), token };
}

/**
 * Ends a key of the actor, or an admin that of another user. It works no more at its next request.
 *
 * @throws {DomainError} `forbidden`, `not_signed_in`, `user_not_found`, `api_key_not_found`
 */
export async function endApiKey(
  { db, jobs }: Services,
  actor: UserActor,
  { user_id, key_id }: { readonly user_id: number; readonly key_id: number },
): Promise<void> {
  authorise(actor, "end_api_key", user_id);
  await inTransaction(db, async (tx) => {
    const user = await lockUser(tx, user_id);
    await confirmSession(tx, actor, "end_api_key", user.id);
    const ended = await deleteApiKeyOfUser(tx, user_id, key_id);
    if (!ended) throw new DomainError("api_key_not_found");
    const { name, prefix } = ended;
    await audit(tx, actor, "end_api_key", user, { name, prefix });
    await postLetters(tx, actor, [{ about: "api_keys_ended", to: user.email, userId: user.id }]);
  });
  jobs.wake("letter");
}

/** Deletes keys that have ended a while ago. */
export function purgeApiKeys({ db }: Services, limit: number): Promise<number> {
  return deleteExpiredApiKeys(db, API_KEYS_LISTED_DAYS, limit);
}

/** The fields of a key that may leave the server. */
export function apiKeyView(key: ApiKey): ApiKeyView {
  return {
    key_id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    created_at: key.created_at.toISOString(),
    expires_at: key.expires_at.toISOString(),
    last_used_at: key.last_used_at?.toISOString() ?? null,
    last_ip: key.last_ip,
    expired: key.expires_at.getTime() <= Date.now(),
  };
}

function isWithin(scopes: readonly Scope[], role: Viewer["role"]): boolean {
  return scopes.every((scope) => scopesOf(role).includes(scope));
}
