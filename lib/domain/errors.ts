import { API_KEYS_MAX } from "@/lib/shared/api_keys.ts";
import type { FieldErrors } from "@/lib/shared/form.ts";
import {
  IMAGE_MAX_BYTES,
  IMAGE_MAX_PIXELS,
  NOTES_MAX,
  PASSKEYS_MAX,
  TAGS_MAX,
  USER_VIEWS_MAX,
} from "@/lib/shared/limits.ts";
import type { EditConflictView, UserView } from "@/lib/shared/views.ts";
import { fill } from "@/lib/shared/words.ts";

/** Every rule that can be broken, and its message to users, with names in braces. */
export const RULES = {
  not_signed_in: "Sign in first",
  key_invalid: "This API key is wrong or has ended: make a new one on the page API keys",
  scope_missing: "This API key may not do this: use one with another scope, or sign in",
  forbidden: "Your account may not do this",
  sign_in_failed: "Name or password is wrong, or the account is locked, suspended or not yet " +
    "confirmed. After several failures an account is locked for a while.",
  registration_closed: "Nobody can register here at the moment, ask an admin",
  email_not_found: "There is no such e-mail: it was sent, or somebody has removed it",
  email_being_sent: "This e-mail is being sent just now: load the page again in two minutes",
  email_too_old: "This e-mail is too old to be sent: the recipient can ask for another one",
  email_without_link: "This e-mail has no link for anybody by now",
  email_not_taken: "The e-mail was not sent: {reason}",
  backup_impossible: "No backup can be made: {reason}",
  email_of_admin: "The links of admins cannot be copied: send the e-mail again",
  invitation_needed: "You need an invitation to register here: ask an admin for one",
  invitation_unknown:
    "This link is not valid: open the newest invitation in your mailbox, or ask " +
    "the admin who invited you",
  invitation_used: "This invitation was already used: sign in, or ask {inviter} for another one",
  invitation_ended: "This invitation has ended: ask {inviter} for a new one",
  invitation_for_other: "This invitation is for another address: ask {inviter} to invite this one",
  invitation_not_found: "There is no such invitation",
  invitation_over: "This invitation was already accepted or withdrawn: invite the address again",
  user_not_found: "There is no such user",
  browser_not_found: "This browser is not trusted, or not any more",
  session_not_found: "There is no such session, or it has already ended",
  api_key_not_found: "There is no such API key, or it has already ended",
  too_many_api_keys: `You have ${API_KEYS_MAX} API keys: end one that you do not need`,
  last_admin: "This is the last active admin: make somebody else an admin first",
  own_account: "Ask another admin to change your own role, status or second factor",
  challenge_over: "Sign in again with your password: the time was over, or the codes were wrong",
  second_code_wrong:
    "This code is wrong or was already used: type the next one, or use a recovery code",
  second_step_locked: "Too many wrong codes: wait a quarter of an hour, then sign in again",
  second_factor_unreadable:
    "This server cannot check your authenticator: use a recovery code, or ask an admin",
  not_while_viewing: "You cannot do this while you view as somebody else: stop viewing first",
  viewing_off: "Nobody can view as a user here: an operator can allow it with IMPERSONATION=on",
  viewing_admin: "Nobody can view as an admin",
  step_up_required: "Confirm that it is you first",
  two_factor_not_offered: "This installation has no two-factor sign-in: ask an admin for it",
  two_factor_required: "Set up a second factor first: this installation asks you for one",
  two_factor_kept:
    "This installation asks you for a second factor: add another one before you remove this one",
  two_factor_is_off: "Two-factor sign-in is not turned on",
  setup_not_begun: "Begin with the setup of the authenticator",
  address_not_confirmed: "Confirm your e-mail address before you change how you sign in",
  stale_version:
    "Somebody else has changed this user in the meantime: compare, and send the new version",
  other_viewer: "You are now signed in as somebody else: load the page again",
  undo_not_found: "There is nothing to take back: it was too long ago, or nothing had changed",
  undo_done: "This was already taken back",
  undo_conflict:
    "This cannot be taken back, because it was changed again since: {fields}. Edit the user instead",
  bulk_not_found: "There is no such bulk action, or it is older than 30 days",
  bulk_started: "This bulk action has already started or was stopped",
  bulk_of_another: "Another admin chose these users. Choose them yourself in the user list",
  bulk_over: "This bulk action is over",
  bulk_nobody: "Nobody is left for this bulk action",
  bulk_not_undoable: "This bulk action cannot be taken back, or already was",
  bulk_too_late: "The time that was given has passed",
  name_taken: "Somebody else now has the name or address of this user",
  passkey_refused:
    "This passkey was not accepted, or the account is locked, suspended or not yet confirmed: " +
    "try again, or sign in another way",
  passkey_not_added:
    "This passkey was not added, because the time was over or the answer was not " +
    "right: try again",
  passkey_known: "This passkey was added before: use another device or password manager",
  passkey_not_found: "There is no such passkey, or it was already removed",
  passkeys_not_offered:
    "This installation has no passkeys, because they need https and a host name",
  too_many_passkeys: `You have ${PASSKEYS_MAX} passkeys: remove one before you add another`,
  too_many_tags: `A user has ${TAGS_MAX} tags at most: remove one before you add another`,
  too_many_notes: `A user has ${NOTES_MAX} notes at most: remove one before you write another`,
  too_many_views: `You have ${USER_VIEWS_MAX} views: remove one before you save another`,
  view_not_found: "There is no such view, or you have removed it",
  address_is_confirmed: "The address of this user is confirmed",
  note_not_found: "There is no such note, or somebody has removed it",
  last_way_in:
    "You could not sign in without this passkey: set a password or add another passkey " +
    "first",
  passkey_needed: "You could not sign in without your password: add a passkey first",
  password_is_off: "Your account has no password",
  own_name_taken: "Somebody else has your username or address by now: ask an admin for help",
  link_invalid: "This link was already used or is too old: ask for a new one",
  code_invalid: "This code is wrong or too old. After a few wrong codes you need a new one",
  setup_over: "There is nothing at this address",
  setup_token_wrong:
    "This link is not the one that was printed last: open the link that deno task start printed, " +
    "or run deno task create-admin",
  admin_exists: "Somebody else has just made the first admin: sign in, or ask them",
  too_many_requests: "Too many requests, wait a moment",
  picture_too_large: `The picture is larger than ${IMAGE_MAX_BYTES / 1024 ** 2} MiB`,
  picture_wrong_type: "Choose a picture of the type JPEG, PNG or WebP",
  picture_too_many_pixels: `The picture has more than ${IMAGE_MAX_PIXELS / 1e6} megapixels`,
  picture_unreadable: "The picture is damaged, choose another file",
  pictures_unavailable: "This server cannot process pictures, because sharp does not load",
  search_too_broad: "This search takes too long: narrow it, with more letters or another filter",
  import_not_found: "There is no such import: it was ended, or its file was too old",
  import_not_ready: "This import is doing something else by now: load the page again",
  busy: "The server is busy, try again in a few seconds",
} as const satisfies Readonly<Record<string, string>>;

/** Code of a rule. */
export type DomainErrorCode = keyof typeof RULES;

/** A broken rule, with its code and message. Nothing has changed. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  /** When to try again, if that makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: DomainErrorCode,
    options: ErrorOptions & { retryAfterSeconds?: number; values?: object } = {},
  ) {
    super(fill(RULES[code], options.values ?? {}), options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** An edit of an outdated version. */
export class StaleVersionError extends DomainError {
  constructor(
    /** The user as somebody else has saved them. */
    readonly current: UserView,
    /** Fields that both have changed. */
    readonly conflicts: readonly EditConflictView[],
  ) {
    super("stale_version");
  }
}

/** An action that cannot be taken back, because its fields have changed again. */
export class UndoConflictError extends DomainError {
  constructor(
    /** As people know them. */
    readonly fields: readonly string[],
  ) {
    super("undo_conflict", { values: { fields: fields.join(", ") } });
  }
}

/** Bad input, by field. Nothing has changed. */
export interface Refusal {
  readonly ok: false;
  readonly errors: FieldErrors;
  /** Whether somebody else already has the requested name or address. */
  readonly conflict: boolean;
}

/** Result of a use case whose input may be bad. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;

/** Makes a refusal from errors by field. */
export function refuse(errors: FieldErrors): Refusal {
  return { ok: false, errors, conflict: false };
}
