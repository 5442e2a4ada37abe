import type { Action } from "../action.ts";
import { VIEWING_MINUTES } from "../limits.ts";
import { viewForm } from "../user_forms.ts";

/** Signing in and what proves it: passwords, second factors, sessions, API keys. */
export const SECURITY = {
  see_sessions: { by: "owner", whileViewing: true },
  see_activity: { by: "owner", whileViewing: true },
  see_security: { by: "owner" },
  see_api_keys: { by: "owner", proof: "fresh" },
  access_denied: { trail: "{actor} was refused access" },
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
  sign_in: {
    trail: "{user} signed in",
    done: {
      own: "You are signed in.",
      recovery: "You are signed in with a recovery code, which is used up now.",
    },
  },
  sign_in_failed: { trail: "{actor} failed to sign in as {user}", suffered: "failed to sign in" },
  second_step_failed: {
    trail: "{actor} typed a wrong code to sign in as {user}",
    suffered: "somebody typed a wrong code after the right password",
  },
  sign_out: { trail: "{user} signed out", done: "You are signed out." },
  move_session: { trail: "{user} continued a session from another network or browser" },
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
  refuse_password: { trail: "{user} gave a wrong current password" },
  change_password: {
    by: "owner",
    ownProof: "fresh",
    trail: "{user} changed the password",
    done: "Your password is changed and your other sessions are ended.",
  },
  forgot_password: {
    done: "If this address has an account, an e-mail with a link for a new password is on its way.",
  },
  reset_password: {
    trail: "{user} chose a new password by e-mail",
    done:
      "Your password is changed and all your sessions are ended. Sign in with the new password.",
  },
  unlock_account: {
    trail: "{user} unlocked the account by e-mail",
    done: "Your account is unlocked, you can sign in now.",
  },
  end_session: { by: "owner", trail: "{user} ended a session", done: "The session is ended." },
  end_other_sessions: {
    by: "owner",
    trail: "{user} ended all other sessions",
    done: "All other sessions are ended.",
  },
  disown_activity: {
    by: "owner",
    trail: "{user} reported activity that was not theirs",
    done: "All other sessions and all API keys are ended, and all browsers are forgotten. " +
      "Now choose a new password.",
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
} as const satisfies Readonly<Record<string, Action>>;
