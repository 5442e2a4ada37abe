import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { readableAddress } from "@/lib/readable_address.ts";
import { readUserRows } from "@/lib/repo/undo_log.ts";
import {
  findUserProfileByUserId,
  insertDefaultUserProfile,
  upsertUserProfile,
} from "@/lib/repo/user_profiles.ts";
import type { ProfileChanges, UserProfile } from "@/lib/repo/user_profiles.ts";
import { findUserById, updateUser, type User } from "@/lib/repo/users.ts";
import { insertFormerUsernames } from "@/lib/repo/former_usernames.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import type { Values } from "@/lib/shared/form.ts";
import type { ProfileValues } from "@/lib/shared/profile_form.ts";
import { type accountForm, editBase, type editTargetForm } from "@/lib/shared/user_forms.ts";
import type { PictureCrop } from "@/lib/shared/images.ts";
import { username as newUsername } from "@/lib/shared/names.ts";
import type { UserView } from "@/lib/shared/views.ts";
import type { Picture } from "@/lib/storage/picture.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { addressProofErrors, requestNewEmail } from "@/lib/domain/accounts/change_email.ts";
import { authorise, confirmSession, isAdmin, isOwn } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, refuse, StaleVersionError } from "@/lib/domain/errors.ts";
import { announceImage, readImage, releaseImages, saveImage } from "@/lib/domain/images/images.ts";
import { lockUser, lockUserAndAdmins } from "./admins.ts";
import { auditChange } from "./audit_change.ts";
import { entryOf } from "./change_user.ts";
import { drawConsequences } from "./consequences.ts";
import { refuseTaken } from "./new_user.ts";
import type { Services } from "@/lib/domain/services.ts";
import { userView } from "./user_views.ts";

type EditTarget =
  & Pick<Values<typeof editTargetForm>, "user_id">
  & Partial<Values<typeof editTargetForm>>;

/** `PUT /edit_user`. Absent fields stay as they are. */
export interface UserEdit {
  readonly target: EditTarget;
  readonly account: Partial<Values<typeof accountForm>>;
  readonly profile: Partial<ProfileValues>;
  /** A new avatar. */
  readonly upload?: { readonly data: Uint8Array; readonly crop: PictureCrop | undefined };
}

/** A user after an edit. */
export interface EditedUser {
  readonly user: UserView;
  /** Whether somebody else changed other fields in the meantime, which are kept. */
  readonly merged: boolean;
  /** Whether a new address waits for its confirmation. */
  readonly awaitsEmail: boolean;
  /** The entry of the audit trail, if the edit can be taken back. */
  readonly entry?: number;
}

/**
 * Changes a user's account and profile together. If nothing differs, nothing is written: the
 * version stays, and the audit log has no entry.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`, `user_not_found`,
 * `stale_version`, `last_admin`, `own_account`, `step_up_required` for another address of their own,
 * `too_many_requests`, `picture_…`, `busy`
 */
export async function editUser(
  services: Services,
  actor: Actor,
  sent: UserEdit,
): Promise<Outcome<EditedUser>> {
  const edit = withReadableAddresses(sent);
  const { user_id } = edit.target;
  authorise(actor, "edit_user", user_id);
  if (edit.account.username !== undefined) authorise(actor, "edit_username", user_id);
  if (edit.account.role !== undefined) authorise(actor, "edit_role", user_id);
  const errors = await accountErrors(services, actor, edit);
  if (errors) return refuse(errors);
  const { images, limits } = services;
  if (edit.upload) await limits.pictures.take(String(user_id));
  const picture = edit.upload && await readImage(images, edit.upload.data, edit.upload.crop);
  try {
    const value = await inTransaction(
      services.db,
      (tx) => applyEdit(tx, services, actor, edit, picture),
    );
    announceImage(services, picture);
    services.jobs.wake("letter");
    return { ok: true, value };
  } catch (error) {
    return refuseTaken(error);
  }
}

function withReadableAddresses({ account, profile, ...edit }: UserEdit): UserEdit {
  const { email } = account;
  const { contact_email } = profile;
  return {
    ...edit,
    account: { ...account, ...(email && { email: readableAddress(email) }) },
    profile: {
      ...profile,
      ...(contact_email && { contact_email: readableAddress(contact_email) }),
    },
  };
}

async function accountErrors(
  services: Services,
  actor: Actor,
  edit: UserEdit,
): Promise<Record<string, string> | undefined> {
  const { username, email } = edit.account;
  if (username === undefined && email === undefined) return undefined;
  const user = await findUserById(services.db, edit.target.user_id);
  // Forms of scripts may contain the address as it is.
  if (user && email !== undefined && email !== user.email) authorise(actor, "edit_email", user.id);
  return user && (nameErrors(user, username) ?? await addressProofErrors(services, actor, user, {
    email,
    current_password: edit.target.current_password,
  }));
}

/** Checks a new name. A user may keep a name that an older version allowed. */
function nameErrors(user: User, username = user.username): Record<string, string> | undefined {
  if (username === user.username) return undefined;
  const checked = newUsername.read(username);
  return "error" in checked ? { username: checked.error } : undefined;
}

async function applyEdit(
  tx: Tx,
  { images, settings }: Pick<Services, "images" | "settings">,
  actor: Actor,
  edit: UserEdit,
  picture: Picture | undefined,
): Promise<EditedUser> {
  const { target } = edit;
  const user = await lockForEdit(tx, actor, edit);
  await confirmSession(tx, actor, "edit_user", user.id);
  const before = await findUserProfileByUserId(tx, user.id);
  const audience = isAdmin(actor) ? "admin" : "own";
  const merged = target.version !== undefined && target.version !== user.version;
  if (merged) refuseConflicts(edit, userView(user, before, audience));
  const oldImage = before?.image ?? null;
  const image = picture
    ? await saveImage(tx, images, picture, oldImage)
    : target.remove_image === undefined
    ? oldImage
    : null;
  // Where addresses are verified, users have to prove a new one first. Admins know what they do.
  const proves = isOwn(actor, user.id) && settings.emailVerification === "required";
  const account = accountChanges(user, edit.account, proves ? "later" : "now");
  const changes = {
    account: changedOnly(user, account),
    profile: changedOnly(before, {
      ...profileChanges(user, before, { account, profile: edit.profile }),
      image,
    }),
  };
  const awaitsEmail = "new_email" in changes.account && changes.account.new_email !== null;
  if (isEmpty(changes.account) && isEmpty(changes.profile)) {
    return { user: userView(user, before, audience), merged, awaitsEmail };
  }
  // Without a row there would be nothing to come back to.
  if (!before) await insertDefaultUserProfile(tx, user.id);
  const columns = await readUserRows(tx, [user.id], "account and profile");
  // The version covers account and profile.
  const after = await updateUser(tx, user.id, changes.account);
  if (after.username_key !== user.username_key) {
    await insertFormerUsernames(tx, [{ name: user.username, userId: user.id }]);
  }
  const profile = isEmpty(changes.profile)
    ? before
    : await upsertUserProfile(tx, user.id, changes.profile);
  if (image !== oldImage) await releaseImages(tx, images, [oldImage]);
  if (awaitsEmail) await requestNewEmail(tx, actor, user, after.new_email!);
  await drawConsequences(tx, actor, [{ before: user, after }]);
  const { email_verified_at: _, new_email: __, ...counting } = changes.account;
  const entry = isEmpty(counting) && isEmpty(changes.profile)
    ? undefined
    : await auditChange(tx, actor, {
      action: "edit_user",
      user,
      before: columns,
      details: pictureDetails(changes.profile),
    });
  return { user: userView(after, profile, audience), merged, awaitsEmail, ...entryOf(entry) };
}

/**
 * Refuses an edit of an older version, unless it says what it started from and nobody has changed
 * the same fields since.
 *
 * @throws {StaleVersionError}
 */
function refuseConflicts(edit: UserEdit, current: UserView): void {
  const { before } = edit.target;
  const now = new Map(Object.entries(editBase(current)));
  const conflicts = Object.entries(wishesOf(edit)).flatMap(([field, yours]) => {
    const theirs = now.get(field) ?? "";
    const isMine = theirs === yours || theirs === before?.[field];
    const old = field === "image" ? undefined : before?.[field];
    return isMine ? [] : [{
      field,
      ...(old !== undefined && { before: old }),
      yours,
      theirs: field === "image" ? pictureOf(theirs) : theirs,
    }];
  });
  if (before === undefined || conflicts.length > 0) throw new StaleVersionError(current, conflicts);
}

/** Returns the fields that an edit changes, as text. */
function wishesOf({ account, profile, target, upload }: UserEdit): Record<string, string> {
  const picture = upload ? "A new picture" : target.remove_image && pictureOf("");
  return { ...account, ...profile, ...(picture !== undefined && { image: picture }) };
}

function pictureOf(url: string): string {
  return url === "" ? "No picture" : "Another picture";
}

/** Returns the changes that differ from the row. */
function changedOnly<T extends object>(row: object | undefined, changes: T): Partial<T> {
  const old = new Map(Object.entries(row ?? {}));
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => (old.get(name) ?? null) !== value),
  ) as Partial<T>;
}

function isEmpty(changes: object): boolean {
  return Object.keys(changes).length === 0;
}

async function lockForEdit(tx: Tx, actor: Actor, { target, account }: UserEdit): Promise<User> {
  if (account.role === undefined) return await lockUser(tx, target.user_id);
  const { user, isLastAdmin } = await lockUserAndAdmins(tx, target.user_id);
  if (account.role !== user.role) {
    if (isLastAdmin) throw new DomainError("last_admin");
    if (isOwn(actor, user.id)) throw new DomainError("own_account");
  }
  return user;
}

/** @param prove when a new address has to be proven: now it counts at once, later it waits */
function accountChanges(
  user: User,
  account: UserEdit["account"],
  prove: "now" | "later",
): UserEdit["account"] & Partial<Pick<User, "email_verified_at" | "new_email">> {
  const { email, ...others } = account;
  const moves = email !== undefined && emailKey(email) !== user.email_key;
  if (!moves) return { ...account };
  return prove === "later"
    ? { ...others, new_email: email }
    : { ...account, email_verified_at: null, new_email: null };
}

function profileChanges(
  user: User,
  before: UserProfile | undefined,
  { account, profile: { contact_email, ...profile } }: Pick<UserEdit, "account" | "profile">,
) {
  const followsAccount = before === undefined || before.email === user.email;
  const email = contact_email ?? (followsAccount ? account.email : undefined);
  return { ...profile, ...(email !== undefined && { email }) };
}

/** Says in the audit log what became of the picture. The other fields have their values there. */
function pictureDetails({ image }: ProfileChanges): Record<string, unknown> {
  return image === undefined ? {} : { image: image === null ? "removed" : "replaced" };
}
