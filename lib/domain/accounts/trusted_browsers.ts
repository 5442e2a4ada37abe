import { hashToken } from "@/lib/crypto/token.ts";
import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { TrustedDevice } from "@/lib/repo/account_security.ts";
import { endDeviceTrust, trustDevice } from "@/lib/repo/devices.ts";
import { lockUserById, type User } from "@/lib/repo/users.ts";
import { TRUSTED_BROWSER_DAYS } from "@/lib/shared/second_factor.ts";
import type { TrustedBrowserView } from "@/lib/shared/account_views.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * Lets the password alone sign a user in with a browser for `TRUSTED_BROWSER_DAYS`. Any change of the
 * password, the factors or the recovery codes ends this. Call it after a code was right.
 *
 * @param deviceToken the token in the browser's cookie
 */
export async function trustBrowser(
  tx: Tx,
  actor: AnonymousActor | UserActor,
  user: User,
  deviceToken: string,
): Promise<void> {
  const key = { user_id: user.id, token_hash: hashToken(deviceToken) };
  await trustDevice(tx, key, TRUSTED_BROWSER_DAYS);
  await audit(tx, actor, "trust_browser", user);
}

/** Returns what the actor may see of browsers that they trust. */
export function trustedBrowserViews(
  devices: readonly TrustedDevice[],
  { source: { device } }: UserActor,
): TrustedBrowserView[] {
  const here = device === undefined ? undefined : hashToken(device);
  return devices.map(({ id, browser, ip, trusted_until, token_hash }) => ({
    browser_id: id,
    browser,
    ip,
    trusted_until: trusted_until.toISOString(),
    current: token_hash === here,
  }));
}

/**
 * Asks for a code again in a browser of the actor, or in all of them.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `browser_not_found`
 */
export async function endBrowserTrust(
  { db }: Services,
  actor: UserActor,
  browserId?: number,
): Promise<void> {
  authorise(actor, "end_browser_trust", actor.userId);
  const { userId: id, username } = actor;
  await inTransaction(db, async (tx) => {
    await lockUserById(tx, id);
    await confirmSession(tx, actor, "end_browser_trust", id);
    const isEnded = await endDeviceTrust(tx, id, browserId);
    if (isEnded) await audit(tx, actor, "end_browser_trust", { id, username });
    else if (browserId !== undefined) throw new DomainError("browser_not_found");
  });
}
