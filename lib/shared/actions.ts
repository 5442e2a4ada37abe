import type { Action } from "./action.ts";
import { optional, rowId } from "./fields.ts";
import { type Form, type Parsed, parseForm, type Texts, type Values } from "./form.ts";
import { DELETED_USERS_KEPT_DAYS, VIEWING_MINUTES } from "./limits.ts";
import { UNDO_ROUTE } from "./undo.ts";
import { accountForm, labelForm, statusForm, userIdForm, viewForm } from "./user_forms.ts";

const STATUS_PAGE = { method: "PUT", path: "/update_status", page: true } as const;

/**
 * Every action, once. Permissions, the audit trail, messages, forms, routes and `deno task users`
 * follow from this table. `lib/domain/users/user_actions.ts` says how an action is done.
 */
export const ACTIONS = {
  see_dashboard: { by: "admins" },
  see_settings: { by: "admins" },
  send_test_email: {
    by: "admins",
    trail: "{actor} sent a test e-mail to {user}",
    suffered: "was sent a test e-mail",
    done: {
      sent: "The mail server has taken the e-mail: look into your mailbox.",
      written: "There is no mail server: the e-mail is written to .data/outbox.",
    },
  },
  end_all_sessions: {
    by: "admins",
    proof: "fresh",
    trail: "{actor} ended all sessions of everybody else",
    done: "All sessions but this one are ended.",
  },
  see_audit_log: { by: "admins" },
  export_audit_log: { by: "admins", trail: "{actor} exported the audit log" },
  expire_audit_log: { trail: "{actor} removed old entries of the audit log" },
  list_users: { by: "admins", support: true, scope: "users:read" },
  find_by_address: { by: "admins" },
  find_by_tag: { by: "admins" },
  export_users: { by: "admins", scope: "users:read", trail: "{actor} exported users" },
  see_bulk_jobs: { by: "admins", scope: "users:read" },
  start_bulk_job: {
    by: "admins",
    scope: "users:write",
    trail: "{actor} started a bulk action",
    done: "It has started.",
  },
  cancel_bulk_job: {
    by: "admins",
    scope: "users:write",
    trail: "{actor} stopped a bulk action",
    done: "It is stopped.",
  },
  undo_bulk_job: {
    by: "admins",
    scope: "users:write",
    trail: "{actor} took back a bulk action",
    done: "It is being taken back.",
  },
  list_views: { by: "admins", support: true },
  save_view: { by: "admins", support: true, done: "The view {name} is saved." },
  remove_view: { by: "admins", support: true, done: "The view {name} is removed." },
  list_deleted_users: { by: "admins", scope: "users:read" },
  see_person: { by: "admins", support: true, scope: "users:read" },
  show_address: {
    by: "admins",
    support: true,
    trail: "{actor} looked at the address of {user}",
    suffered: "the address was looked at",
  },
  see_user: { by: "owner", whileViewing: true, scope: "users:read", ownScope: "self" },
  see_sessions: { by: "owner", whileViewing: true },
  see_activity: { by: "owner", whileViewing: true },
  see_security: { by: "owner" },
  see_api_keys: { by: "owner", proof: "fresh" },

  suspend_user: {
    by: "admins",
    bulk: true,
    scope: "users:write",
    undo: true,
    form: { reason: statusForm.reason, until: statusForm.until },
    route: { ...STATUS_PAGE, fields: { status: "suspended" } },
    ask: {
      title: "Suspend {name}",
      text: "All sessions of {name} end. They cannot sign in until the suspension ends.",
      submit: "Suspend",
    },
    button: { label: "Suspend", onPage: true },
    trail: "{actor} suspended {user}",
    done: "{name} is suspended and signed out everywhere.",
    task: {
      name: "suspend",
      help: "suspends (--reason, --until) and ends all sessions",
      said: "{username} is suspended",
    },
  },
  warn_dormant_user: {
    trail: "{actor} wrote to {user} that the account is suspended without a sign-in",
    suffered: "an e-mail said that the account is suspended without a sign-in",
  },
  activate_user: {
    by: "admins",
    bulk: true,
    scope: "users:write",
    undo: true,
    route: { ...STATUS_PAGE, fields: { status: "active" } },
    button: { label: "Activate", onPage: true },
    trail: "{actor} activated {user}",
    done: "{name} is active.",
    task: {
      name: "activate",
      help: "activates and forgives failed sign-ins",
      said: "{username} is active",
    },
  },
  unlock_user: {
    by: "admins",
    bulk: true,
    support: true,
    scope: "users:write",
    undo: true,
    route: { method: "PUT", path: "/unlock_user" },
    button: { label: "Unlock", note: "Locked after failed sign-ins", when: "locked" },
    trail: "{actor} unlocked {user}",
    done: "{name} is not locked any more.",
    task: {
      name: "unlock",
      help: "forgives failed sign-ins and wrong codes",
      said: "{username} is not locked",
    },
  },
  confirm_email: {
    by: "admins",
    bulk: true,
    scope: "users:write",
    undo: true,
    route: { method: "PUT", path: "/confirm_email" },
    button: { label: "Mark the address as confirmed", onPage: true },
    trail: "{actor} marked the address of {user} as confirmed",
    done: "The address of {name} counts as confirmed.",
    task: {
      name: "confirm-email",
      help: "marks the address as confirmed",
      said: "The address of {username} counts as confirmed",
    },
  },
  send_confirmation: {
    by: "admins",
    bulk: true,
    support: true,
    scope: "users:write",
    route: { method: "PUT", path: "/send_confirmation" },
    button: { label: "Send the confirmation again", onPage: true },
    trail: "{actor} sent {user} another link to confirm the address",
    suffered: "was sent another link to confirm the address",
    done: "{name} gets another e-mail to confirm the address.",
    task: {
      name: "send-confirmation",
      help: "sends the link that confirms the address again",
      said: "{username} gets another e-mail to confirm the address",
    },
  },
  demand_password: {
    by: "admins",
    bulk: true,
    scope: "users:write",
    route: { method: "PUT", path: "/demand_password", page: true },
    button: { label: "Demand a new password", onPage: true },
    ask: {
      title: "Demand a new password of {name}",
      text: "The password of {name} stops working, and all their sessions and API keys end. They " +
        "get an e-mail with a link for a new password.",
      submit: "Demand",
    },
    trail: "{actor} demanded a new password of {user}",
    suffered: "had to choose a new password, as demanded",
    done: {
      other: "{name} gets an e-mail with a link for a new password.",
      own: "You get an e-mail with a link for a new password.",
    },
    task: {
      name: "demand-password",
      help: "makes the password stop working and sends a link for a new one",
      said: "{username} gets an e-mail with a link for a new password",
    },
  },
  send_password_reset: {
    by: "admins",
    bulk: true,
    support: true,
    scope: "users:write",
    route: { method: "PUT", path: "/send_password_reset" },
    button: { label: "Send a link for a new password", onPage: true },
    trail: "{actor} sent {user} a link for a new password",
    suffered: "was sent a link for a new password",
    done: "{name} gets an e-mail with a link for a new password.",
    task: {
      name: "send-reset",
      help: "sends an e-mail with a link for a new password",
      said: "{username} gets an e-mail with a link for a new password",
    },
  },
  set_password: {
    trail: "{actor} set the password of {user}",
    suffered: "got a new password",
  },
  edit_user: {
    by: "owner",
    whileViewing: true,
    scope: "users:write",
    ownScope: "self",
    undo: true,
    route: { method: "PUT", path: "/edit_user", page: true },
    button: { label: "Edit", onPage: true },
    trail: "{actor} edited {user}",
    done: {
      other: "The changes to {name} are saved.",
      own: "Your changes are saved.",
      new_email: "Your changes are saved. Confirm the new address with the e-mail that we have " +
        "just sent; until then the old one stays.",
      merged: "Your changes are saved, and so are those that somebody else made in the meantime.",
    },
  },
  edit_username: { by: "admins", scope: "users:write" },
  edit_email: { by: "owner", scope: "users:write", ownProof: "fresh" },
  edit_role: {
    by: "admins",
    bulk: true,
    scope: "users:write",
    form: { role: accountForm.role },
    task: {
      name: "set-role",
      words: ["role"],
      help: "makes a user or an admin (asks first, or --yes)",
      asks: "Do you want to give {username} ({email}) the role {role}?",
      said: "{username} has the role {role}",
    },
  },
  delete_user: {
    by: "owner",
    bulk: true,
    ownProof: "always",
    scope: "users:write",
    undo: true,
    route: { method: "DELETE", path: "/delete_user", page: true },
    ask: {
      title: { other: "Delete {name}", own: "Delete your account" },
      text: {
        other: "Do you want to delete {name}? This also deletes the profile and picture and ends " +
          `all sessions. You can restore the account for ${DELETED_USERS_KEPT_DAYS} days.`,
        own:
          "Do you want to delete your account {name}? This also deletes your profile and picture " +
          "and ends all sessions. We send you a link that brings everything back for " +
          `${DELETED_USERS_KEPT_DAYS} days.`,
      },
      submit: "Delete",
    },
    button: { label: "Delete", onPage: true },
    trail: "{actor} deleted {user}",
    done: { other: "{name} is deleted.", own: "Your account is deleted." },
    task: {
      name: "delete",
      help: "deletes (asks first, or --yes)",
      asks:
        "Do you want to delete {username} ({email}) with the profile and {sessions} sessions? " +
        `The action restore undoes this for ${DELETED_USERS_KEPT_DAYS} days, but not for sessions.`,
      said: "{username} is deleted. To undo this: restore {user_id}",
    },
  },
  restore_user: {
    by: "admins",
    scope: "users:write",
    route: { method: "PUT", path: "/restore_user", next: "/deleted_users" },
    button: { label: "Restore" },
    trail: "{actor} restored {user}",
    done: "{name} is restored, with profile and picture.",
    task: {
      name: "restore",
      help: "restores a deleted user",
      deleted: "only",
      said: "{username} is restored",
    },
  },
  undo: {
    by: "owner",
    support: true,
    whileViewing: true,
    scope: "users:write",
    ownScope: "self",
    form: { entry: optional(rowId({ label: "entry" })) },
    route: UNDO_ROUTE,
    trail: "{actor} took back an action on {user}",
    suffered: "an action was taken back",
    done: {
      other: "{name} is as before. Sessions, keys and links that have ended stay ended.",
      own: "Your account is as before.",
    },
    task: {
      name: "undo",
      help: "takes the last action back, or the one of --entry",
      deleted: "too",
      said: "{username} is as before. Sessions, keys and links that have ended stay ended",
    },
  },
  sign_out_user: {
    by: "admins",
    bulk: true,
    support: true,
    scope: "users:write",
    route: { method: "PUT", path: "/sign_out_user" },
    button: { label: "End all sessions", onPage: true },
    done: "All sessions of {name} are ended.",
    trail: "{actor} ended the sessions of {user}",
    suffered: "was signed out everywhere",
    task: {
      name: "sign-out",
      help: "ends all sessions",
      said: "All sessions of {username} have ended",
    },
  },

  reset_two_factor: {
    by: "admins",
    route: { method: "PUT", path: "/reset_two_factor", page: true },
    ask: {
      title: "Reset the two-factor sign-in of {name}",
      text:
        "Make sure that it is really {name} who asks. Their authenticator, recovery codes and " +
        "passkeys stop working, and they sign in with the password only. All their sessions end.",
      submit: "Reset",
    },
    button: { label: "Reset the second factor", onPage: true },
    trail: "{actor} reset the two-factor sign-in of {user}",
    done: {
      other: "{name} signs in without a second factor now.",
      own: "Your second factor is reset.",
    },
    task: {
      name: "reset-two-factor",
      help: "removes the second factor and the passkeys and ends all sessions",
      said: "{username} signs in with the password only",
    },
  },

  tag_user: {
    by: "admins",
    bulk: true,
    forAdmins: true,
    scope: "users:write",
    form: { tag: labelForm.tag },
    route: { method: "PUT", path: "/tag_user", page: true },
    ask: {
      title: "Tag {name}",
      text: "Admins can find users by their tags. {name} does not see them.",
      submit: "Add tag",
      harmless: true,
    },
    trail: "{actor} tagged {user}",
    done: { other: "{name} has this tag now.", own: "You have this tag now." },
    task: { name: "tag", words: ["tag"], help: "adds a tag", said: "{username} has this tag" },
  },
  untag_user: {
    by: "admins",
    bulk: true,
    forAdmins: true,
    scope: "users:write",
    form: { tag: labelForm.tag },
    route: { method: "PUT", path: "/untag_user" },
    trail: "{actor} removed a tag of {user}",
    done: { other: "The tag of {name} is removed.", own: "Your tag is removed." },
    task: {
      name: "untag",
      words: ["tag"],
      help: "removes a tag",
      said: "{username} does not have this tag",
    },
  },
  write_note: {
    by: "admins",
    forAdmins: true,
    scope: "users:write",
    form: { note: labelForm.note },
    route: { method: "PUT", path: "/write_note", page: true },
    ask: {
      title: "Note about {name}",
      text: "All admins can read it. {name} does not see it.",
      submit: "Save note",
      harmless: true,
    },
    trail: "{actor} wrote a note about {user}",
    done: { other: "The note about {name} is saved.", own: "The note is saved." },
    task: {
      name: "note",
      words: ["note"],
      help: "writes a note for admins",
      said: "The note about {username} is saved",
    },
  },
  remove_note: {
    by: "admins",
    forAdmins: true,
    scope: "users:write",
    form: { note_id: labelForm.note_id },
    route: { method: "PUT", path: "/remove_note" },
    trail: "{actor} removed a note about {user}",
    done: { other: "The note about {name} is removed.", own: "The note is removed." },
    task: {
      name: "remove-note",
      words: ["note_id"],
      help: "removes a note",
      said: "The note about {username} is removed",
    },
  },

  view_as: {
    by: "admins",
    proof: "fresh",
    form: { reason: viewForm.reason },
    route: { method: "PUT", path: "/view_as", page: true },
    button: { label: "View as", when: "can_be_viewed" },
    ask: {
      title: "View as {name}",
      text: `You use the application as {name} does, for up to ${VIEWING_MINUTES} minutes. They ` +
        "see in their activity that you did.",
      submit: "View",
    },
    trail: `{actor} began to view as {user}, for up to ${VIEWING_MINUTES} minutes`,
    suffered: `was viewed from inside the account for up to ${VIEWING_MINUTES} minutes`,
    done: "You are viewing as {name}.",
  },
  stop_viewing: {
    by: "owner",
    whileViewing: true,
    trail: "{actor} stopped viewing as {user}",
    suffered: "was no longer viewed",
    done: {
      own: "You are yourself again.",
      over: "Viewing as somebody else is over: you are yourself again.",
    },
  },

  access_denied: { trail: "{actor} was refused access" },

  register: {
    trail: "{user} registered",
    done: {
      may_sign_in: "Welcome! Your account is ready, you can sign in now.",
      must_verify: "Almost done: confirm your address with the e-mail that we have just sent.",
      signed_in: "Welcome! Your account is ready, and you are signed in.",
    },
  },
  register_again: {
    trail: "{actor} tried to register an address that has an account: {user}",
    suffered: "somebody tried to register the address again",
  },
  list_emails: { by: "admins" },
  send_email_again: {
    by: "admins",
    trail: "{actor} had an e-mail to {user} sent again",
    suffered: "was sent an e-mail again",
    done: "The e-mail is tried again within a minute.",
  },
  discard_email: {
    by: "admins",
    trail: "{actor} kept an e-mail to {user} from being sent",
    suffered: "was not sent an e-mail",
    done: "The e-mail is not sent.",
  },
  copy_email_link: {
    by: "admins",
    proof: "fresh",
    trail: "{actor} copied the link of an e-mail to {user}",
    suffered: "the link of an e-mail was copied",
  },
  list_invitations: { by: "admins" },
  invite_user: {
    by: "admins",
    trail: "{actor} invited {user}",
    done: "The invitation is on its way. If no e-mail arrives, copy its link.",
  },
  resend_invitation: {
    by: "admins",
    trail: "{actor} sent the invitation of {user} again",
    done: "The invitation is on its way again. The earlier link does not work any more.",
  },
  copy_invitation: { by: "admins", trail: "{actor} copied the link of the invitation of {user}" },
  withdraw_invitation: {
    by: "admins",
    trail: "{actor} withdrew the invitation of {user}",
    done: "The invitation is withdrawn.",
  },
  accept_invitation: {
    trail: "{user} accepted an invitation",
    done: {
      own: "Welcome! Your account is ready, and you are signed in.",
      may_sign_in: "Welcome! Your account is ready, you can sign in now.",
      other: "The account {name} is ready. You are still signed in as before.",
    },
  },
  verify_email: {
    trail: "{user} confirmed the address",
    done: {
      own: "Your address is confirmed, you can sign in now.",
      other: "The address of {name} is confirmed.",
    },
  },
  send_verification: {
    done: "If this address waits for its confirmation, another e-mail is on its way.",
  },
  forgot_password: {
    done: "If this address has an account, an e-mail with a link for a new password is on its way.",
  },
  reset_password: {
    trail: "{user} chose a new password by e-mail",
    done:
      "Your password is changed and all your sessions are ended. Sign in with the new password.",
  },
  set_up: {
    trail: "{user} became the first admin",
    done: "Welcome! You are the first admin of this installation.",
  },
  sign_in: {
    trail: "{user} signed in",
    done: {
      own: "You are signed in.",
      recovery: "You are signed in with a recovery code, which is used up now.",
    },
  },
  second_step_failed: {
    trail: "{actor} typed a wrong code to sign in as {user}",
    suffered: "somebody typed a wrong code after the right password",
  },
  trust_browser: {
    trail: "{user} trusted a browser, in which no code is asked for",
  },
  end_browser_trust: {
    by: "owner",
    trail: "{user} ended the trust in a browser",
    done: "A code is asked for there again.",
  },
  use_recovery_code: { trail: "{user} used a recovery code" },
  step_up: {
    by: "owner",
    trail: "{user} confirmed who they are",
    done: "Thank you. You can go on for a few minutes.",
  },
  turn_on_two_factor: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} turned on two-factor sign-in",
  },
  turn_off_two_factor: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} turned off two-factor sign-in",
    done: "Two-factor sign-in is turned off and your other sessions are ended.",
  },
  make_recovery_codes: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} made new recovery codes",
    done: "Good. Your recovery codes are stored.",
  },
  add_passkey: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} added a passkey",
    done: "The passkey is added. You can sign in with it from now on.",
  },
  rename_passkey: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} renamed a passkey",
    done: "The passkey has its new name.",
  },
  remove_passkey: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} removed a passkey",
    done: "The passkey is removed and your other sessions are ended.",
  },
  remove_password: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} removed the password",
    done: "Your password is removed and your other sessions are ended. You sign in with a passkey.",
  },
  sign_in_failed: { trail: "{actor} failed to sign in as {user}", suffered: "failed to sign in" },
  sign_out: { trail: "{user} signed out", done: "You are signed out." },
  refuse_password: { trail: "{user} gave a wrong current password" },
  request_new_email: { trail: "{user} asked for another address" },
  cancel_new_email: {
    by: "owner",
    trail: "{user} kept the address",
    done: "Your address stays as it is.",
  },
  send_new_email: {
    by: "owner",
    done: "Another e-mail is on its way to the new address.",
  },
  change_email: {
    trail: "{user} confirmed a new address",
    done: "The new address is confirmed. Use it to sign in from now on.",
  },
  undo_email_change: {
    trail: "{user} took a change of the address back",
    done: "Your account has this address again, and all sessions are ended. " +
      "Choose a new password with the e-mail that we have just sent.",
  },
  unlock_account: {
    trail: "{user} unlocked the account by e-mail",
    done: "Your account is unlocked, you can sign in now.",
  },
  change_password: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} changed the password",
    done: "Your password is changed and your other sessions are ended.",
  },
  end_session: { by: "owner", trail: "{user} ended a session", done: "The session is ended." },
  end_other_sessions: {
    by: "owner",
    trail: "{user} ended all other sessions",
    done: "All other sessions are ended.",
  },
  make_api_key: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} made an API key",
    done: "The API key is made. It is not shown again.",
  },
  end_api_key: {
    by: "owner",
    trail: "{actor} ended an API key of {user}",
    suffered: "an API key was ended",
    done: "The API key is ended.",
  },
  end_api_keys: {
    by: "admins",
    route: { method: "PUT", path: "/end_api_keys" },
    button: { label: "End all API keys", onPage: true },
    done: "All API keys of {name} are ended.",
    trail: "{actor} ended the API keys of {user}",
    suffered: "all API keys were ended",
    task: {
      name: "end-api-keys",
      help: "ends all API keys",
      said: "{username} has no API keys any more",
    },
  },
  disown_activity: {
    by: "owner",
    trail: "{user} reported activity that was not theirs",
    done: "All other sessions and all API keys are ended, and all browsers are forgotten. " +
      "Now choose a new password.",
  },
  download_data: { by: "owner", ownProof: "fresh", trail: "{user} downloaded the stored data" },
  leave: {
    by: "owner",
    ownProof: "always",
    from: "/leave",
    trail: "{user} left",
    done: {
      kept: "Your account is deleted. We have sent you an e-mail that brings it back for " +
        `${DELETED_USERS_KEPT_DAYS} days.`,
      erased: "Your account and everything about you are erased.",
    },
  },
  restore_account: {
    trail: "{user} came back by e-mail",
    done: "Welcome back! Sign in with your password.",
  },
  erase_user: { trail: "{actor} erased {user}" },
  move_session: { trail: "{user} continued a session from another network or browser" },

  create_user: { trail: "{actor} created {user}" },
  import_users: { trail: "{actor} imported {user}" },
  prepare_import: {
    by: "admins",
    proof: "fresh",
    from: "/import_users",
    trail: "{actor} uploaded a file of users",
    done: "The file is read. Nothing has happened to users yet.",
  },
  check_import: { by: "admins", done: "The rows are being checked." },
  start_import: {
    by: "admins",
    proof: "fresh",
    from: "/import_users",
    trail: "{actor} began to import users",
    done: "The import has begun. You can leave this page.",
  },
  invite_imported: {
    by: "admins",
    proof: "fresh",
    from: "/import_users",
    trail: "{actor} had links sent to imported users",
    done: "The e-mails are on their way.",
  },
  cancel_import: {
    by: "admins",
    from: "/import_users",
    trail: "{actor} ended an import of users",
    done: "The import is ended, and its file is forgotten. Users who were imported stay.",
  },
  seed_users: { trail: "{actor} made up sample users" },
} as const satisfies Readonly<Record<string, Action>>;

type Table = typeof ACTIONS;

/** Names an action. */
export type ActionName = keyof Table;

/** The names of the actions that have a part, such as a sentence in the audit trail. */
type Having<Part> = { [A in ActionName]: Table[A] extends Part ? A : never }[ActionName];

/** Something that not everybody may do. */
export type PermittedAction = Having<{ by: string }>;

/** Something that is in the audit trail. */
export type AuditAction = Having<{ trail: string }>;

/** Something that is done to a user by their id. */
export type UserAction = Having<{ task: object }>;

/** Something that can be done to many users at once. */
export type BulkAction = Having<{ task: object; bulk: true }>;

/** Something that a page or modal asks about first. */
export type AskedAction = Having<{ ask: object }>;

/** Something that a button does at once. */
export type PressedAction = Having<{ button: object; route: object }>;

/** The fields of an action's form. */
type FormOf<A extends ActionName> = Table[A] extends { form: infer F extends Form } ? F
  : Record<never, never>;

/** The input of an action: the user's id and the values of its form. */
export type ActionInput<A extends ActionName> = { readonly user_id: number } & Values<FormOf<A>>;

/** Returns the fields of a request for an action. */
export function requestForm(name: ActionName): Form {
  return { ...userIdForm, ...actionOf(name).form };
}

/** Reads a request for an action. */
export function readRequest<A extends ActionName>(name: A, texts: Texts): Parsed<ActionInput<A>> {
  return parseForm(requestForm(name), texts) as Parsed<ActionInput<A>>;
}

/** Looks an action up. */
export function actionOf(name: ActionName): Action {
  return ACTIONS[name];
}

/** Actions that users do not see in their own history. */
export function unseenActions(): ActionName[] {
  return actionsWith(({ forAdmins }) => forAdmins);
}

/** Returns the names of the actions for which `is` holds, in the order of the table. */
export function actionsWith<A extends ActionName>(is: (action: Action) => unknown): A[] {
  return (Object.keys(ACTIONS) as A[]).filter((name) => is(actionOf(name)));
}

/** Returns the hidden fields of an action's form, besides the user's id. */
export function requestFields(name: AskedAction | PressedAction): Record<string, string> {
  const { method, fields } = actionOf(name).route!;
  return { _method: method, ...fields };
}
