import type { Tx } from "@/lib/db/database.ts";
import { deleteApiKeysOfUsers } from "@/lib/repo/api_keys.ts";
import { deleteDevicesOfUsers } from "@/lib/repo/devices.ts";
import { deleteOneTimeTokens } from "@/lib/repo/one_time_tokens.ts";
import { deleteOtherSessions, deleteSessionsOfUsers } from "@/lib/repo/sessions.ts";
import { clearNewEmails } from "@/lib/repo/users.ts";
import { PASSWORD_BOUND_KINDS } from "@/lib/shared/one_time.ts";

/**
 * Ends everything that rests on the earlier passwords of users: all sessions, known browsers, mailed
 * links and addresses that wait to be confirmed. API keys do not rest on them and stay. Call it in
 * the transaction of the change, after locking the users. One session may be kept.
 */
export async function revokeTrust(
  tx: Tx,
  userIds: readonly number[],
  keptSessionId?: number,
): Promise<void> {
  if (keptSessionId === undefined) await deleteSessionsOfUsers(tx, userIds);
  else await deleteOtherSessions(tx, userIds, keptSessionId);
  await deleteDevicesOfUsers(tx, userIds);
  await deleteOneTimeTokens(tx, userIds, PASSWORD_BOUND_KINDS);
  await clearNewEmails(tx, userIds);
}

/**
 * Does the same and ends the users' API keys: for a suspended account, or one in which somebody else
 * may have made keys.
 */
export async function revokeAccess(
  tx: Tx,
  userIds: readonly number[],
  keptSessionId?: number,
): Promise<void> {
  await revokeTrust(tx, userIds, keptSessionId);
  await deleteApiKeysOfUsers(tx, userIds);
}
