import type { Action } from "../action.ts";
import { DELETED_USERS_KEPT_DAYS } from "../limits.ts";

/** How an account begins, gets another address, and ends. */
export const ACCOUNTS = {
  see_user: { by: "owner", whileViewing: true, scope: "users:read", ownScope: "self" },
  set_up: {
    trail: "{user} became the first admin",
    done: "Welcome! You are the first admin of this installation.",
  },
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
} as const satisfies Readonly<Record<string, Action>>;
