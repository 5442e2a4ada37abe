import { browserName } from "@/lib/browser_name.ts";
import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import type { Db } from "@/lib/db/database.ts";
import {
  deleteExpiredDevices,
  deleteSurplusDevices,
  type DeviceKey,
  insertDevice,
  isDevicePlaceFresh,
  replaceDeviceToken,
  touchDevice,
} from "@/lib/repo/devices.ts";
import { DEVICE_DAYS } from "@/lib/shared/limits.ts";
import type { RequestSource } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";

/** A program without cookies makes a row at each sign-in. */
const MAX_PER_USER = 100;

/** A browser that has just signed in. */
export interface KnownDevice {
  /** Token for its cookie. The database only has its hash. */
  readonly deviceToken: string;
  /** Whether the user has not used it before. A browser that loses its cookies is new once a day. */
  readonly isNewDevice: boolean;
}

/**
 * Makes the browser of a sign-in known for its user. A cookie that the user has not signed in with
 * before is replaced, because somebody may have put it there who knows it.
 */
export async function rememberDevice(
  db: Db,
  source: RequestSource,
  userId: number,
): Promise<KnownDevice> {
  const { ip, userAgent, device } = source;
  const place = { browser: browserName(userAgent), ip };
  const known = device !== undefined && await touchDevice(db, deviceKey(source, userId), place);
  if (known) return { deviceToken: device, isNewDevice: false };
  const isNewDevice = !await isDevicePlaceFresh(db, userId, place);
  const deviceToken = randomToken();
  const token_hash = hashToken(deviceToken);
  // Other users of the browser stay known.
  if (device !== undefined) await replaceDeviceToken(db, hashToken(device), token_hash);
  await insertDevice(db, { user_id: userId, token_hash, ...place });
  await deleteSurplusDevices(db, userId, MAX_PER_USER);
  return { deviceToken, isNewDevice };
}

/** Names the row of a request's browser. Without a cookie there is no such row. */
export function deviceKey({ device }: RequestSource, userId: number): DeviceKey {
  return { user_id: userId, token_hash: device === undefined ? "" : hashToken(device) };
}

/** Forgets up to `limit` browsers whose cookie has expired. Returns how many. */
export function purgeDevices({ db }: Services, limit: number): Promise<number> {
  return deleteExpiredDevices(db, DEVICE_DAYS, limit);
}
