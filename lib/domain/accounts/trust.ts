import type { Tx } from "@/lib/db/database.ts";
import { deleteApiKeysOfUser } from "@/lib/repo/api_keys.ts";
import { deleteDevicesOfUser } from "@/lib/repo/devices.ts";
import { deleteOneTimeTokens } from "@/lib/repo/one_time_tokens.ts";
import { deleteOtherSessions, deleteSessionsOfUser } from "@/lib/repo/sessions.ts";
import { clearNewEmail } from "@/lib/repo/users.ts";
import { PASSWORD_BOUND_KINDS } from "@/lib/shared/one_time.ts";

/**
 * Ends everything that rests on a user's earlier password: all sessions, known browsers, mailed
 * links and an address that waits to be confirmed. API keys do not rest on it and stay. Call it in
 * the transaction of the change, after locking the user. One session may be kept.
 */
export async function revokeTrust(
  tx: Tx,
  userId: number,
  keptSessionId?: number,
): Promise<void> {
  if (keptSessionId === undefined) await deleteSessionsOfUser(tx, userId);
  else await deleteOtherSessions(tx, userId, keptSessionId);
  await deleteDevicesOfUser(tx, userId);
  await deleteOneTimeTokens(tx, userId, PASSWORD_BOUND_KINDS);
  await clearNewEmail(tx, userId);
}

/**
 * Does the same and ends the user's API keys: for a suspended account, or one in which somebody else
 * may have made keys.
 */
export async function revokeAccess(tx: Tx, userId: number, keptSessionId?: number): Promise<void> {
  await revokeTrust(tx, userId, keptSessionId);
  await deleteApiKeysOfUser(tx, userId);
}
