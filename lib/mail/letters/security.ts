import type { LetterWords } from "./letter_words.ts";

/** Signing in and what proves it: passwords, second factors, API keys. */
export const SECURITY = {
  reset_password: {
    subject: "Choose a new password",
    paragraphs: [
      "Somebody, probably you, asked for a new password for your account at {app}. " +
      "To choose one, follow the link within {life}. This ends all your sessions.",
    ],
    oneTime: "reset_password",
    button: { label: "Choose a new password" },
    otherwise: "If it was not you, ignore this e-mail. Your password stays as it is.",
  },
  reset_suspended: {
    subject: "Your account is suspended",
    paragraphs: [
      "Somebody, probably you, asked for a new password for your account at {app}. " +
      "The account is suspended at the moment, so it needs an admin to help you.",
    ],
    otherwise: "If it was not you, you need not do anything.",
  },
  no_account: {
    subject: "There is no account with this address",
    paragraphs: [
      "Somebody, probably you, asked for a new password at {app}, but no account has this address. " +
      "Perhaps you signed up with another one.",
    ],
    otherwise: "If it was not you, you need not do anything.",
  },
  account_locked: {
    subject: "Your account is locked for a while",
    paragraphs: [
      "Somebody has entered a wrong password for your account {username} at {app} several times. " +
      "It is locked for a while, so that nobody can guess the password. " +
      "To unlock it at once, follow the link within {life}.",
    ],
    oneTime: "unlock_account",
    button: { label: "Unlock the account" },
    otherwise: "If it was not you, you need not do anything. Your password was not guessed.",
  },
  new_sign_in: {
    subject: "New sign-in to your account",
    paragraphs: [
      "Somebody, probably you, signed in to your account {username} at {app} with a browser that " +
      "you have not used for it before.",
    ],
    button: { label: "See where you are signed in", path: "/sessions" },
    otherwise: "If it was not you, end that session and choose a new password at once: open " +
      "{forgot_url}",
  },
  password_changed: {
    subject: "Your password was changed",
    paragraphs: [
      "The password of your account {username} at {app} was changed. All other sessions have ended.",
    ],
    otherwise: "If it was not you, choose a new password at once: open {forgot_url}",
  },
  two_factor_on: {
    subject: "Two-factor sign-in is on",
    paragraphs: [
      "Your account {username} at {app} now asks for a code of your authenticator after the " +
      "password. All other sessions have ended.",
    ],
    otherwise: "If it was not you, choose a new password at once, and ask an admin to reset the " +
      "second factor: open {forgot_url}",
  },
  two_factor_off: {
    subject: "Two-factor sign-in is off",
    paragraphs: [
      "The second factor of your account {username} at {app} was removed. The password is enough " +
      "to sign in now. All other sessions have ended.",
    ],
    otherwise: "If it was not you, choose a new password at once: open {forgot_url}",
  },
  two_factor_reset: {
    subject: "Your second factor was reset",
    paragraphs: [
      "The second factor and all passkeys of your account {username} at {app} were removed for you. " +
      "You sign in with the password only, and all sessions have ended. " +
      "If you have no password, choose one: open {forgot_url}",
    ],
    otherwise: "If you did not ask for this, choose a new password at once on the same page.",
  },
  passkey_added: {
    subject: "A passkey was added",
    paragraphs: [
      "A passkey was added to your account {username} at {app}. It signs in without the password.",
    ],
    button: { label: "See your passkeys", path: "/passkeys" },
    otherwise: "If it was not you, remove that passkey, then choose a new password at once: open " +
      "{forgot_url}",
  },
  passkey_removed: {
    subject: "A passkey was removed",
    paragraphs: [
      "A passkey of your account {username} at {app} was removed and does not sign in any more. " +
      "All other sessions have ended.",
    ],
    button: { label: "See your passkeys", path: "/passkeys" },
    otherwise: "If it was not you, choose a new password at once: open {forgot_url}",
  },
  password_removed: {
    subject: "Your password was removed",
    paragraphs: [
      "The password of your account {username} at {app} was removed. You sign in with a passkey " +
      "now. All other sessions have ended.",
    ],
    button: { label: "See your passkeys", path: "/passkeys" },
    otherwise: "If it was not you, choose a new password at once: open {forgot_url}",
  },
  recovery_code_used: {
    subject: "A recovery code was used",
    paragraphs: [
      "A recovery code of your account {username} at {app} was used instead of the " +
      "authenticator. It does not work again.",
    ],
    otherwise: "If it was not you, somebody has your password and your codes. Choose a new " +
      "password at once, then make new recovery codes: open {forgot_url}",
  },
  recovery_codes_new: {
    subject: "You have new recovery codes",
    paragraphs: [
      "New recovery codes were made for your account {username} at {app}. The earlier ones do not " +
      "work any more.",
    ],
    otherwise: "If it was not you, choose a new password at once: open {forgot_url}",
  },
  api_key_made: {
    subject: "You have a new API key",
    paragraphs: [
      "An API key was made for your account {username} at {app}. A program that has it can act as " +
      "you, as far as the key allows.",
    ],
    button: { label: "See your API keys", path: "/api_keys" },
    otherwise:
      "If it was not you, end the key and choose a new password at once: open {forgot_url}",
  },
  api_keys_ended: {
    subject: "An API key was ended",
    paragraphs: [
      "One or more API keys of your account {username} at {app} were ended. Programs that use them " +
      "do not work any more.",
    ],
    button: { label: "See your API keys", path: "/api_keys" },
    otherwise: "If you did not expect this, ask an admin.",
  },
  activity_disowned: {
    subject: "A user reports somebody else's activity",
    paragraphs: [
      "The user {username} at {app} has seen activity in the account that was not theirs. We have " +
      "ended all their other sessions and asked them for a new password.",
    ],
    otherwise: "Look at what happened to the account in the audit log, and ask the user if they " +
      "need help.",
  },
  second_step_locked: {
    subject: "Too many wrong codes",
    paragraphs: [
      "Somebody signed in to your account {username} at {app} with the right password, but typed " +
      "ten wrong codes. No code is taken for 15 minutes.",
    ],
    otherwise: "If it was not you, somebody knows your password. Choose a new one at once: open " +
      "{forgot_url}",
  },
} as const satisfies Readonly<Record<string, LetterWords>>;
