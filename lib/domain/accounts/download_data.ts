import { browserName } from "@/lib/browser_name.ts";
import type { Db } from "@/lib/db/database.ts";
import { listApiKeysOfUser } from "@/lib/repo/api_keys.ts";
import { listDevicesOfUser } from "@/lib/repo/devices.ts";
import { listInvitationsOfUser } from "@/lib/repo/invitations.ts";
import { listLettersOf } from "@/lib/repo/jobs.ts";
import { listPasskeysOfUser } from "@/lib/repo/passkeys.ts";
import { countRecoveryCodes } from "@/lib/repo/recovery_codes.ts";
import { findSecondFactor, isActive } from "@/lib/repo/second_factors.ts";
import { findUserProfileByUserId, type UserProfile } from "@/lib/repo/user_profiles.ts";
import { findUserById, type User } from "@/lib/repo/users.ts";
import { listFormerNameKeys } from "@/lib/repo/former_usernames.ts";
import { imageKey } from "@/lib/shared/images.ts";
import { columnOf, PROFILE_FIELDS } from "@/lib/shared/profile_form.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, requireProof } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { findImage } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { imageName } from "@/lib/storage/image_store.ts";
import { ownHistory } from "./activity.ts";
import { apiKeyView } from "./api_keys.ts";
import { passkeyView } from "./passkeys.ts";
import { listOwnSessions } from "./sessions.ts";

/** A file of a download. */
export interface DataFile {
  readonly name: string;
  readonly input: string | Uint8Array<ArrayBuffer> | AsyncIterable<string>;
}

/**
 * Reads what is stored about the actor, file by file, while it is sent.
 *
 * @throws {DomainError} `not_signed_in`, `not_while_viewing`, `step_up_required`,
 * `too_many_requests` within an hour of the last download
 */
export async function downloadData(
  services: Services,
  actor: UserActor,
): Promise<AsyncIterable<DataFile>> {
  const { db, limits } = services;
  const { userId } = actor;
  authorise(actor, "download_data", userId);
  await requireProof(db, actor, { action: "download_data", targetId: userId, to: "send" });
  const user = await findUserById(db, userId);
  if (!user) throw new DomainError("not_signed_in");
  await limits.downloads.take(String(userId));
  await audit(db, actor, "download_data", user);
  return files(services, actor, user);
}

async function* files(
  services: Services,
  actor: UserActor,
  user: User,
): AsyncGenerator<DataFile> {
  const { db } = services;
  yield { name: "README.txt", input: readme(services.settings.appName, user) };
  yield json("account.json", await accountOf(db, user));
  const profile = await findUserProfileByUserId(db, user.id);
  if (profile) yield json("profile.json", profileOf(profile));
  yield* picture(services, profile);
  yield json("sessions.json", await listOwnSessions(services, actor));
  yield json("browsers.json", await browsersOf(db, user.id));
  yield json("api_keys.json", (await listApiKeysOfUser(db, user.id)).map(apiKeyView));
  yield json("passkeys.json", (await listPasskeysOfUser(db, user.id)).map(passkeyView));
  yield json("second_factor.json", await secondFactorOf(db, user.id));
  yield json("invitations.json", await invitationsOf(db, user.id));
  yield json("waiting_emails.json", await lettersOf(db, user));
  yield { name: "history.json", input: jsonList(ownHistory(services, actor)) };
}

function json(name: string, value: unknown): DataFile {
  return { name, input: `${JSON.stringify(value, null, 2)}\n` };
}

/** Writes a JSON array, an item a line. */
async function* jsonList(portions: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let start = "[\n";
  for await (const portion of portions) {
    if (portion.length === 0) continue;
    yield start + portion.map((item) => JSON.stringify(item)).join(",\n");
    start = ",\n";
  }
  yield start === "[\n" ? "[]\n" : "\n]\n";
}

async function accountOf(db: Db, user: User) {
  const { id: user_id, username, email, new_email, role, status } = user;
  const { suspended_until, failed_logins, locked_until, email_verified_at } = user;
  const { last_login_at, created_at, updated_at, version } = user;
  return {
    user_id,
    username,
    former_usernames: await listFormerNameKeys(db, user_id),
    email,
    email_verified_at,
    new_email,
    role,
    status,
    suspended_until,
    failed_logins,
    locked_until,
    last_login_at,
    created_at,
    updated_at,
    version,
  };
}

function profileOf(profile: UserProfile) {
  const fields = PROFILE_FIELDS.map((field) => [field, profile[columnOf(field)]]);
  const { image, created_at, updated_at, version } = profile;
  return { ...Object.fromEntries(fields), image, created_at, updated_at, version };
}

/** The picture in its large size. It is left out while the FTP server does not work. */
async function* picture(
  { db, images }: Services,
  profile: UserProfile | undefined,
): AsyncGenerator<DataFile> {
  const key = imageKey(profile?.image ?? "");
  if (key === undefined) return;
  const found = await findImage(db, images, imageName(key, "large"));
  if (found.kind === "bytes") yield { name: "picture.webp", input: found.bytes };
  else if (found.kind === "elsewhere") yield { name: "picture.txt", input: `${found.url}\n` };
}

async function browsersOf(db: Db, userId: number) {
  const devices = await listDevicesOfUser(db, userId);
  return devices.map(({ browser, ip, ...device }) => ({
    browser: browserName(browser),
    ip,
    failed_logins: device.failed_logins,
    first_login_at: device.first_login_at,
    last_login_at: device.last_login_at,
    trusted_until: device.trusted_until,
  }));
}

async function secondFactorOf(db: Db, userId: number) {
  const factor = await findSecondFactor(db, userId);
  if (!isActive(factor)) return { turned_on_at: null };
  const { turned_on_at, codes_stored_at, wrong_codes, locked_until } = factor;
  const recovery_codes_left = await countRecoveryCodes(db, userId);
  return { turned_on_at, codes_stored_at, recovery_codes_left, wrong_codes, locked_until };
}

/** Without the addresses of others. */
async function invitationsOf(db: Db, userId: number) {
  const invitations = await listInvitationsOfUser(db, userId);
  return invitations.map(({ invited_by, role, ...times }) => {
    const { created_at, expires_at, accepted_at, withdrawn_at } = times;
    const way = invited_by === userId ? "sent" : "accepted";
    return { way, role, created_at, expires_at, accepted_at, withdrawn_at };
  });
}

async function lettersOf(db: Db, user: User) {
  const letters = await listLettersOf(db, user);
  return letters.map(({ created_at, payload }) => ({ about: payload?.about, created_at }));
}

function readme(appName: string, { username }: User): string {
  return `What ${appName} has stored about ${username}

account.json         your account: names, addresses, role and status
profile.json         what you say about yourself
picture.webp         your picture, if you have one (or picture.txt: where it is)
sessions.json        where you are signed in
browsers.json        browsers that you have signed in with
api_keys.json        names of your API keys, and when they were used
passkeys.json        names of your passkeys, and when they were used
second_factor.json   since when an authenticator protects your account
invitations.json     invitations that you have sent or accepted
waiting_emails.json  e-mails to you that are not sent yet
history.json         what happened to your account, the newest first

Passwords, keys and codes are stored in a form from which nobody can read them, so they are not here.
E-mails that were sent are not stored: history.json says what they were about. Other people are not
named: an admin who changed something is "an admin". Times are in UTC.
`;
}
