import { hashToken } from "@/lib/crypto/token.ts";
import { deleteExpiredSessions, findSession, touchSession } from "@/lib/repo/sessions.ts";
import type { Viewer } from "@/lib/shared/views.ts";
import type { Services } from "@/lib/domain/services.ts";

/** A valid session and its user. */
export interface CurrentSession {
  readonly sessionId: number;
  readonly viewer: Viewer;
}

/**
 * Finds the session of a token. `undefined` if it has ended, was idle or lasted too long, or its
 * user is suspended. Runs on every request, so that role and status are current.
 */
export async function authenticate(
  { db, settings }: Pick<Services, "db" | "settings">,
  token: string,
): Promise<CurrentSession | undefined> {
  const session = await findSession(db, hashToken(token), lifetimes(settings));
  if (session === undefined) return undefined;
  if (session.is_stale) await touchSession(db, session.id);
  return {
    sessionId: session.id,
    viewer: {
      user_id: session.user_id,
      username: session.username,
      full_name: session.full_name ?? "",
      image: session.image,
      role: session.role,
    },
  };
}

/** Deletes expired sessions. */
export function purgeSessions({ db, settings }: Services, limit: number): Promise<number> {
  return deleteExpiredSessions(db, lifetimes(settings), limit);
}

function lifetimes(settings: Services["settings"]) {
  return { idleMinutes: settings.sessionIdleMinutes, maxHours: settings.sessionMaxHours };
}
