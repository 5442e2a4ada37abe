import { type BatchLimits, inBatches } from "@/lib/batches.ts";
import { browserName } from "@/lib/browser_name.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteAllSessions,
  deleteExpiredSessions,
  deleteOtherSessions,
  deleteSessionOfUser,
  endViewing,
  findSession,
  listSessionsOfUser,
  moveSession,
  newestSession,
  type SessionWithUser,
  touchSession,
} from "@/lib/repo/sessions.ts";
import { lockUserById } from "@/lib/repo/users.ts";
import type { SessionView } from "@/lib/shared/account_views.ts";
import type { Viewer } from "@/lib/shared/views.ts";
import type { RequestSource, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/** A user with a valid session. */
export interface CurrentSession {
  readonly actor: UserActor;
  readonly viewer: Viewer;
  /** An admin viewed as another user until now. */
  readonly viewingIsOver?: true;
}

/** A batch is one transaction, and all of them are ended in one request. */
const ALL_SESSIONS: BatchLimits = { size: 2_000, count: Infinity };

/** More sessions are not listed, but "End all other sessions" ends them, too. */
const MAX_LISTED = 200;

/**
 * Finds the session of a token. `undefined` if it has ended, was idle or lasted too long, or its
 * user is suspended. Runs on every request, so that role and status are current.
 *
 * An admin who views as a user is that user, until the time is over, the user is deleted or becomes
 * an admin, or viewing is turned off. A suspended user can be viewed, too.
 */
export async function authenticate(
  services: Services,
  source: RequestSource,
  token: string,
): Promise<CurrentSession | undefined> {
  const { db, settings } = services;
  const session = await findSession(db, hashToken(token), lifetimes(settings));
  if (session === undefined) return undefined;
  const { id: sessionId, user_id: userId, username, role } = session;
  const isOver = session.viewed_id === null || settings.impersonation === "off";
  if (session.viewing_until !== null && isOver) {
    await endViewing(db, sessionId);
    const own = await authenticate(services, source, token);
    return own && { ...own, viewingIsOver: true };
  }
  const { proven_by, proven_for, proven_minutes } = session;
  const proof = { proven_by, proven_for, proven_minutes };
  const owner = { kind: "user", source, userId, username, role, sessionId, proof } as const;
  if (session.ip !== source.ip || session.user_agent !== source.userAgent) {
    await recordMove(services, owner, session);
  } else if (session.is_stale) {
    await touchSession(db, sessionId);
  }
  return currentSession(owner, session);
}

function currentSession(owner: UserActor, session: SessionWithUser): CurrentSession {
  const { viewed_id, viewed_username, viewing_minutes, image } = session;
  const actor: UserActor = viewed_id === null ? owner : {
    ...owner,
    userId: viewed_id,
    username: viewed_username!,
    role: "user",
    viewedBy: { userId: owner.userId, username: owner.username },
  };
  const { userId: user_id, username, role } = actor;
  const viewer = { user_id, username, full_name: session.full_name ?? "", image, role };
  return {
    actor,
    viewer: actor.viewedBy ? { ...viewer, viewing_minutes_left: viewing_minutes! } : viewer,
  };
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
    if (!moved || !isNews) return;
    if (!await limits.sessionMoves.tryTake(String(actor.sessionId), tx)) return;
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
  return await listSessionViews({ db, settings }, actor.userId, actor.sessionId);
}

/**
 * Lists the sessions of a user: the current one, then the last used first.
 *
 * @param currentId the session of the request; 0 if it has none
 */
export async function listSessionViews(
  { db, settings }: Pick<Services, "db" | "settings">,
  userId: number,
  currentId: number,
): Promise<SessionView[]> {
  const sessions = await listSessionsOfUser(db, userId, {
    lifetime: lifetimes(settings),
    firstId: currentId,
    limit: MAX_LISTED,
  });
  return sessions.map(({ id, ip, user_agent, created_at, last_seen_at }) => ({
    session_id: id,
    browser: browserName(user_agent),
    ip,
    created_at: created_at.toISOString(),
    last_seen_at: last_seen_at.toISOString(),
    current: id === currentId,
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
    await confirmSession(tx, actor, "end_session", actor.userId);
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
    await confirmSession(tx, actor, "end_other_sessions", actor.userId);
    await deleteOtherSessions(tx, [actor.userId], actor.sessionId);
    await audit(tx, actor, "end_other_sessions", ownAccount(actor));
  });
}

/**
 * Ends the sessions of all users, for example after an attack. Only the actor's stays, and those that
 * begin meanwhile.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`
 */
export async function endAllSessions({ db }: Services, actor: UserActor): Promise<void> {
  authorise(actor, "end_all_sessions");
  const newest = await inTransaction(db, async (tx) => {
    await confirmSession(tx, actor, "end_all_sessions");
    await audit(tx, actor, "end_all_sessions", undefined);
    return await newestSession(tx);
  });
  const keptId = actor.sessionId;
  await inBatches(
    ALL_SESSIONS,
    new AbortController().signal,
    (limit) => deleteAllSessions(db, { newest, keptId, limit }),
  );
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
