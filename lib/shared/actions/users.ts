import type { Action } from "../action.ts";
import { optional, rowId } from "../fields.ts";
import { DELETED_USERS_KEPT_DAYS } from "../limits.ts";
import { UNDO_ROUTE } from "../undo.ts";
import { accountForm, statusForm } from "../user_forms.ts";

const STATUS_PAGE = { method: "PUT", path: "/update_status", page: true } as const;

/** Finding users, and what is done to one of them or to many. */
export const USERS = {
  list_users: { by: "admins", support: true, scope: "users:read" },
  find_by_address: { by: "admins" },
  find_by_tag: { by: "admins" },
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
  create_user: { trail: "{actor} created {user}" },
  erase_user: { trail: "{actor} erased {user}" },
} as const satisfies Readonly<Record<string, Action>>;
