import { DORMANCY_NOTICE_DAYS } from "@/lib/shared/limits.ts";
import type { LetterWords } from "./letter_words.ts";

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

/** How an account begins, changes and ends. */
export const ACCOUNTS = {
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
} as const satisfies Readonly<Record<string, LetterWords>>;
