import { browserName } from "@/lib/browser_name.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteExpiredSessions,
  deleteOtherSessions,
  deleteSessionOfUser,
  findSession,
  listSessionsOfUser,
  moveSession,
  type SessionWithUser,
  touchSession,
} from "@/lib/repo/sessions.ts";
import { lockUserById } from "@/lib/repo/users.ts";
import type { SessionView, Viewer } from "@/lib/shared/views.ts";
import type { RequestSource, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/** A user with a valid session. */
export interface CurrentSession {
  readonly actor: UserActor;
  readonly viewer: Viewer;
}

/** More sessions are not listed, but "End all other sessions" ends them, too. */
const MAX_LISTED = 200;

/**
 * Finds the session of a token. `undefined` if it has ended, was idle or lasted too long, or its
 * user is suspended. Runs on every request, so that role and status are current.
 */
export async function authenticate(
  services: Services,
  source: RequestSource,
  token: string,
): Promise<CurrentSession | undefined> {
  const { db, settings } = services;
  const session = await findSession(db, hashToken(token), lifetimes(settings));
  if (session === undefined) return undefined;
  const { id: sessionId, user_id, username, role, image } = session;
  const actor = { kind: "user", source, userId: user_id, username, role, sessionId } as const;
  if (session.ip !== source.ip || session.user_agent !== source.userAgent) {
    await recordMove(services, actor, session);
  } else if (session.is_stale) {
    await touchSession(db, sessionId);
  }
  return { actor, viewer: { user_id, username, full_name: session.full_name ?? "", image, role } };
}

/**
 * Records that a session is used from another network or by another browser. A browser's update is
 * no news, and somebody who changes networks all the time does not fill the audit trail.
 */
async function recordMove(
  { db, limits }: Services,
  actor: UserActor,
  before: SessionWithUser,
): Promise<void> {
  const { ip, userAgent: user_agent } = actor.source;
  const browser = browserName(before.user_agent);
  const isNews = before.ip !== ip || browser !== browserName(user_agent);
  await inTransaction(db, async (tx) => {
    const moved = await moveSession(tx, actor.sessionId, { ip, user_agent });
    if (!moved || !isNews || !limits.sessionMoves.tryTake(String(actor.sessionId))) return;
    const from = { ip: before.ip, browser };
    const to = { ip, browser: browserName(user_agent) };
    await audit(tx, actor, "move_session", ownAccount(actor), { from, to });
  });
}

/**
 * Lists the actor's sessions: the current one, then the last used first.
 *
 * @throws {DomainError} `forbidden`
 */
export async function listOwnSessions(
  { db, settings }: Services,
  actor: UserActor,
): Promise<SessionView[]> {
  authorise(actor, "see_sessions", actor.userId);
  const sessions = await listSessionsOfUser(db, actor.userId, {
    lifetime: lifetimes(settings),
    firstId: actor.sessionId,
    limit: MAX_LISTED,
  });
  return sessions.map(({ id, ip, user_agent, created_at, last_seen_at }) => ({
    session_id: id,
    browser: browserName(user_agent),
    ip,
    created_at: created_at.toISOString(),
    last_seen_at: last_seen_at.toISOString(),
    current: id === actor.sessionId,
  }));
}

/**
 * Ends one of the actor's sessions, which may be the current one.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `session_not_found`
 */
export async function endSession(
  { db }: Services,
  actor: UserActor,
  sessionId: number,
): Promise<void> {
  authorise(actor, "end_session", actor.userId);
  await inTransaction(db, async (tx) => {
    await lockUserById(tx, actor.userId);
    await confirmSession(tx, actor);
    if (!await deleteSessionOfUser(tx, actor.userId, sessionId)) {
      throw new DomainError("session_not_found");
    }
    await audit(tx, actor, "end_session", ownAccount(actor));
  });
}

/**
 * Ends all sessions of the actor except the current one.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function endOtherSessions({ db }: Services, actor: UserActor): Promise<void> {
  authorise(actor, "end_other_sessions", actor.userId);
  await inTransaction(db, async (tx) => {
    // Of two sessions that end each other at the same time, one stays.
    await lockUserById(tx, actor.userId);
    await confirmSession(tx, actor);
    await deleteOtherSessions(tx, actor.userId, actor.sessionId);
    await audit(tx, actor, "end_other_sessions", ownAccount(actor));
  });
}

/** Deletes expired sessions. */
export function purgeSessions({ db, settings }: Services, limit: number): Promise<number> {
  return deleteExpiredSessions(db, lifetimes(settings), limit);
}

function ownAccount({ userId: id, username }: UserActor) {
  return { id, username };
}

function lifetimes(settings: Services["settings"]) {
  return { idleMinutes: settings.sessionIdleMinutes, maxHours: settings.sessionMaxHours };
}
