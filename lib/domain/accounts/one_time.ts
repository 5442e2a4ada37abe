import { hashCode, hashToken, randomCode, randomToken } from "@/lib/crypto/token.ts";
import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  countCodeTry,
  deleteOneTimeTokens,
  findOneTimeToken,
  insertOneTimeToken,
  type OneTimeToken,
  takeOneTimeToken,
} from "@/lib/repo/one_time_tokens.ts";
import { findUserByEmail, lockUserById, NOBODY, type User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import { CODE_MAX_TRIES, type OneTimeKind, oneTimeOf } from "@/lib/shared/one_time.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/** What is mailed. The database only has its hashes. */
export interface OneTimeSecret {
  readonly token: string;
  readonly code: string | undefined;
}

/** A new one-time token of a user. */
export interface NewOneTimeToken {
  readonly kind: OneTimeKind;
  readonly user: Pick<User, "id">;
  /** The address that it is sent to. */
  readonly email: string;
  readonly expiresAt: Date;
  /** When it was asked for. Default: now. */
  readonly askedAt?: Date;
  /** The password that using it sets, as a PHC string. */
  readonly passwordHash?: string | undefined;
}

/** What using a one-time token does. The token is already used up, and the user locked. */
export type Effect<T> = (tx: Tx, user: User, token: OneTimeToken) => Promise<T>;

/** Makes a token, and a code for a kind that has one. Older ones of most kinds stop working. */
export async function issueOneTimeToken(
  tx: Tx,
  { kind, user, email, expiresAt, askedAt, passwordHash }: NewOneTimeToken,
): Promise<OneTimeSecret> {
  const token = randomToken();
  const { codeMinutes, keepsOlder, ofDeleted } = oneTimeOf(kind);
  const code = codeMinutes === undefined ? undefined : randomCode();
  if (!keepsOlder) await deleteOneTimeTokens(tx, [user.id], [kind]);
  await insertOneTimeToken(tx, {
    kind,
    ...(ofDeleted ? { deleted_user_id: user.id } : { user_id: user.id }),
    email,
    token_hash: hashToken(token),
    code_hash: code === undefined ? null : hashCode(code, hashToken(token)),
    code_expires_at: codeMinutes === undefined ? null : minutesFromNow(codeMinutes),
    password_hash: passwordHash ?? null,
    ...(askedAt && { created_at: askedAt }),
    expires_at: expiresAt,
  });
  return { token, code };
}

/**
 * Uses the token of a link up, then does what it is for, in one transaction.
 *
 * @throws {DomainError} `link_invalid` if it was used, has expired, belongs to another kind or never
 * existed, or if the user is suspended or has another address now.
 */
export async function useOneTimeToken<T>(
  { db }: Pick<Services, "db">,
  kind: OneTimeKind,
  token: string,
  effect: Effect<T>,
): Promise<T> {
  return await inTransaction(db, async (tx) => {
    const found = await findOneTimeToken(tx, kind, hashToken(token));
    const user = await lockUserById(tx, found?.user_id ?? NOBODY);
    // Of two requests at the same time, the second waits for the lock and finds no row to delete.
    if (!found || !mayUse(user, found) || !await takeOneTimeToken(tx, found.id)) {
      throw new DomainError("link_invalid");
    }
    return await effect(tx, user, found);
  });
}

/**
 * Like {@linkcode useOneTimeToken}, but takes the code that was mailed to an address. After
 * {@linkcode CODE_MAX_TRIES} wrong codes the right one is refused, too.
 *
 * @throws {DomainError} `code_invalid`
 */
export async function useOneTimeCode<T>(
  { db }: Pick<Services, "db">,
  kind: OneTimeKind,
  { email, code }: { readonly email: string; readonly code: string },
  effect: Effect<T>,
): Promise<T> {
  const done = await inTransaction(db, async (tx) => {
    const owner = await findUserByEmail(tx, email);
    const user = await lockUserById(tx, owner?.id ?? NOBODY);
    const userId = user?.id ?? NOBODY;
    const found = await countCodeTry(tx, { kind, userId, maxTries: CODE_MAX_TRIES });
    // Commits, so that the wrong try counts.
    if (found?.code_hash !== hashCode(code, found?.token_hash ?? "")) return undefined;
    if (!mayUse(user, found) || !await takeOneTimeToken(tx, found.id)) return undefined;
    return { value: await effect(tx, user, found) };
  });
  if (!done) throw new DomainError("code_invalid");
  return done.value;
}

/** Whether a user may use a token by now. A lock does not matter: it only stops guesses of the password. */
export function mayUse(user: User | undefined, { kind, email }: OneTimeToken): user is User {
  if (user?.status !== "active") return false;
  const { boundTo = "email" } = oneTimeOf(kind);
  return boundTo === "nothing" || emailKey(user[boundTo] ?? "") === emailKey(email);
}

/** A time in the future, by the clock of this process. */
export function minutesFromNow(minutes: number): Date {
  return new Date(Date.now() + minutes * 60_000);
}
