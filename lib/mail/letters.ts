import { DORMANCY_NOTICE_DAYS } from "@/lib/shared/limits.ts";
import { lifeInWords, type OneTimeKind, oneTimeOf } from "@/lib/shared/one_time.ts";
import { fill } from "@/lib/shared/words.ts";

/** The words of an e-mail. `{app}`, `{life}` and the facts of the e-mail may stand in braces. */
interface LetterWords {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The link that works once, if it has one. */
  readonly oneTime?: OneTimeKind;
  /** The button, and the page that it opens unless {@linkcode oneTime} says which. */
  readonly button?: { readonly label: string; readonly path?: string };
  /** What to do if it was not you. */
  readonly otherwise: string;
  /** Strangers learn the name of an admin who writes to them, and not their browser and network. */
  readonly from?: "inviter";
}

function dormantWords(days: number) {
  return {
    subject: `Sign in within ${days} days to keep your account active`,
    paragraphs: [
      "You have not signed in to your account {username} at {app} for a long time. If you do not " +
      `within ${days} days, it is suspended. Nothing is deleted.`,
    ],
    button: { label: "Sign in", path: "/login" },
    otherwise: "If you do not need the account any more, you need not do anything.",
  };
}

/**
 * Every e-mail. None of them contains anything that a stranger chose: mail programs turn names like
 * www.example.com into links.
 */
export const LETTERS = {
  verify_email: {
    subject: "Confirm your e-mail address",
    paragraphs: [
      "Somebody, probably you, gave this address for an account at {app}. " +
      "To confirm that it is yours, follow the link within {life}.",
    ],
    oneTime: "verify_email",
    button: { label: "Confirm this address" },
    otherwise: "If it was not you, ignore this e-mail. Nobody can sign in without it.",
  },
  already_registered: {
    subject: "You already have an account",
    paragraphs: [
      "Somebody, probably you, tried to create an account at {app} with this address, but it " +
      "already has one. You can sign in, or choose a new password if you have forgotten yours.",
    ],
    button: { label: "Sign in", path: "/login" },
    otherwise: "If it was not you, you need not do anything.",
  },
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
  confirm_new_email: {
    subject: "Confirm your new e-mail address",
    paragraphs: [
      "Somebody, probably you, wants to use this address for an account at {app}. " +
      "To confirm that it is yours, follow the link within {life}.",
    ],
    oneTime: "change_email",
    button: { label: "Use this address" },
    otherwise: "If it was not you, ignore this e-mail. Nothing changes without it.",
  },
  new_email_taken: {
    subject: "This address already has an account",
    paragraphs: [
      "Somebody, probably you, wants to use this address for another account at {app}, but it " +
      "already has one. An address can belong to one account only, so nothing has changed.",
    ],
    otherwise: "If it was not you, you need not do anything.",
  },
  invitation: {
    subject: "You are invited",
    paragraphs: [
      "You were invited to {app} by {inviter}. To choose a username and a password for your " +
      "account, follow the link within {life}.",
    ],
    oneTime: "invitation",
    button: { label: "Accept the invitation" },
    otherwise: "If you do not know what this is about, ignore this e-mail. You get no account " +
      "without the link.",
    from: "inviter",
  },
  invited_has_account: {
    subject: "You are invited, and already have an account",
    paragraphs: [
      "You were invited to {app} by {inviter}, but this address already has an account there. " +
      "You can sign in, or choose a new password if you have forgotten yours.",
    ],
    button: { label: "Sign in", path: "/login" },
    otherwise: "If you do not know what this is about, you need not do anything.",
    from: "inviter",
  },
  invitation_accepted: {
    subject: "Your invitation was accepted",
    paragraphs: ["You invited {invited} to {app}. They have an account now."],
    button: { label: "See the invitations", path: "/invitations" },
    otherwise: "If you did not expect this, suspend the account and tell another admin.",
  },
  email_moving: {
    subject: "Your e-mail address is being changed",
    paragraphs: [
      "The address of your account {username} at {app} is being changed to another one. " +
      "If it was you, there is nothing to do.",
      "If it was not you, follow the link within {life}. Your account keeps this address, all " +
      "sessions end, and you get a link for a new password.",
    ],
    oneTime: "undo_email_change",
    button: { label: "Undo and end all sessions" },
    otherwise: "The link works even after the other address was confirmed.",
  },
  email_changed: {
    subject: "The address of your account was changed",
    paragraphs: ["An admin has changed the e-mail address of your account {username} at {app}."],
    otherwise: "If you did not expect this, ask an admin.",
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
  role_changed: {
    subject: "Your role was changed",
    paragraphs: ["The role of your account {username} at {app} was changed to {role}."],
    otherwise: "If you did not expect this, ask an admin.",
  },
  suspended: {
    subject: "Your account was suspended",
    paragraphs: [
      "Your account {username} at {app} was suspended, and all its sessions have ended.",
    ],
    otherwise: "If you did not expect this, ask an admin.",
  },
  dormant_first: dormantWords(DORMANCY_NOTICE_DAYS.first),
  dormant_last: dormantWords(DORMANCY_NOTICE_DAYS.last),
  activated: {
    subject: "Your account is active again",
    paragraphs: ["Your account {username} at {app} is active again, and you can sign in."],
    button: { label: "Sign in", path: "/login" },
    otherwise: "If you did not expect this, ask an admin.",
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
  left: {
    subject: "You have left",
    paragraphs: [
      "Your account {username} at {app} was deleted from within, and all its sessions have ended.",
      "If you change your mind, follow the link within {life} and sign in as before, also with your " +
      "second factor or passkey. After that everything is erased.",
    ],
    oneTime: "restore_account",
    button: { label: "Bring my account back" },
    otherwise: "If it was not you, bring the account back and choose a new password at once.",
  },
  deleted: {
    subject: "Your account was deleted",
    paragraphs: ["Your account {username} at {app} was deleted, and all its sessions have ended."],
    otherwise: "If you did not expect this, ask an admin.",
  },
  erased: {
    subject: "Your account is erased",
    paragraphs: [
      "Your account at {app} and everything about you were erased, as you asked. This is the last " +
      "e-mail from us.",
    ],
    otherwise: "Nobody can bring the account back. You can sign up again whenever you like.",
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

/** Names an e-mail. */
export type LetterName = keyof typeof LETTERS;

/** The words of an e-mail. */
export function wordsOf(letter: LetterName): LetterWords {
  return LETTERS[letter];
}

/** What an e-mail needs to know besides its words. */
export interface LetterFacts {
  readonly appName: string;
  readonly appUrl: string;
  /** When the request was made that caused it, and by which browser and network. */
  readonly at: Date;
  /** Absent if an operator's command caused it. */
  readonly browser?: string | undefined;
  readonly network?: string | undefined;
  /** Token of its link. */
  readonly token?: string;
  /** Code that may be typed instead, as people read it. */
  readonly code?: string | undefined;
  /** Name of the addressee. Only in e-mails to the owner of an account. */
  readonly username?: string | undefined;
  readonly role?: string | undefined;
  /** Name of the admin who sent an invitation, and the address that it went to. */
  readonly inviter?: string | undefined;
  readonly invited?: string | undefined;
}

/** An e-mail as both its forms, text and HTML, show it. */
export interface LetterContent {
  readonly appName: string;
  readonly appUrl: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly button?: { readonly label: string; readonly url: string } | undefined;
  readonly code?: { readonly text: string; readonly hint: string } | undefined;
  /** When, with which browser and from which network. */
  readonly origin: string;
  readonly otherwise: string;
}

/** Fills in the words of an e-mail. */
export function composeLetter(letter: LetterName, facts: LetterFacts): LetterContent {
  const { subject, paragraphs, oneTime, button, otherwise, from } = wordsOf(letter);
  const { appName, appUrl, token, code } = facts;
  const kind = oneTime && oneTimeOf(oneTime);
  const values = {
    app: appName,
    username: facts.username ?? "",
    role: facts.role ?? "",
    inviter: facts.inviter ?? "",
    invited: facts.invited ?? "",
    life: lifeInWords(kind?.linkMinutes ?? 0),
    forgot_url: `${appUrl}/forgot_password`,
  };
  const path = kind?.path ?? button?.path ?? "/";
  const url = `${appUrl}${path}${token === undefined ? "" : `?token=${token}`}`;
  return {
    appName,
    appUrl,
    subject: fill(subject, values),
    paragraphs: paragraphs.map((paragraph) => fill(paragraph, values)),
    button: button && { label: button.label, url },
    code: code === undefined ? undefined : {
      text: code,
      hint: `Or type this code on the page that asks for it, within ${
        lifeInWords(kind?.codeMinutes ?? 0)
      }:`,
    },
    origin: originOf(facts, from),
    otherwise: fill(otherwise, values),
  };
}

function originOf(
  { at, browser, network, inviter }: LetterFacts,
  from: LetterWords["from"],
): string {
  const when = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(at);
  const where = from === "inviter"
    ? `by ${inviter}`
    : network === undefined
    ? "by an operator"
    : `with ${browser}, from ${network}`;
  return `This happened on ${when} UTC, ${where}.`;
}
