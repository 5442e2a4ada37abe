import type { Db } from "@/lib/db/database.ts";
import { type Allowance, openRefusedUntil, RateLimit } from "./rate_limit.ts";

/** A rate limit, and what the documents say of it. */
interface DeclaredLimit extends Allowance {
  /** What is counted. */
  readonly what: string;
  /** Who has the allowance. */
  readonly whose: string;
  readonly why: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The rate limits for actions that are costly or reveal something, by name. */
export const LIMITS = {
  failedSignIns: {
    what: "failed sign-ins",
    whose: "a client",
    count: 100,
    windowSeconds: 10 * MINUTE,
    why: "passwords of many accounts could be guessed. Successful sign-ins do not count",
  },
  guesses: {
    what: "failed sign-ins",
    whose: "a name, or a known browser",
    count: 100,
    windowSeconds: 10 * MINUTE,
    why:
      "the password of one account could be guessed from many networks. Successful sign-ins do " +
      "not count",
  },
  registrations: {
    what: "attempts to register",
    whose: "a client",
    count: 300,
    windowSeconds: HOUR,
    why: "judging the password is costly, whether it is accepted or not",
  },
  emailChecks: {
    what: "`/email_exists`",
    whose: "a client",
    count: 120,
    windowSeconds: MINUTE,
    why: "addresses could be collected",
  },
  setupTokens: {
    what: "wrong links to `/setup`",
    whose: "a client",
    count: 10,
    windowSeconds: 10 * MINUTE,
    why: "the link for the first admin could be guessed",
  },
  passwordProofs: {
    what: "wrong current passwords",
    whose: "a user who is signed in",
    count: 10,
    windowSeconds: 10 * MINUTE,
    why: "a stolen session could be used to guess the password",
  },
  newPasswords: {
    what: "new passwords",
    whose: "a user who is signed in",
    count: 30,
    windowSeconds: HOUR,
    why: "judging a password is costly",
  },
  letters: {
    what: "e-mails",
    whose: "a recipient",
    count: 5,
    windowSeconds: HOUR,
    why: "strangers could fill a mailbox",
  },
  letterPauses: {
    what: "e-mails of one sort",
    whose: "a recipient",
    count: 1,
    windowSeconds: MINUTE,
    why: "the first one may still be on its way",
  },
  invitations: {
    what: "invitations, sent again or not",
    whose: "an admin",
    count: 100,
    windowSeconds: HOUR,
    why: "a stolen session could be used to send e-mails in bulk",
  },
  testEmails: {
    what: "test e-mails",
    whose: "an admin",
    count: 10,
    windowSeconds: HOUR,
    why: "each keeps a request waiting for the mail server",
  },
  letterRequests: {
    what: "forgotten passwords, and links to send again",
    whose: "a client",
    count: 100,
    windowSeconds: HOUR,
    why: "e-mails could be sent in bulk",
  },
  newEmails: {
    what: "changes of the address",
    whose: "a user who is signed in",
    count: 10,
    windowSeconds: HOUR,
    why: "each sends an e-mail to an address that may be a stranger's",
  },
  reports: {
    what: "e-mails to admins about activity that was not the user's",
    whose: "a user who is signed in",
    count: 1,
    windowSeconds: DAY,
    why: "a user could fill the mailboxes of admins",
  },
  sessionMoves: {
    what: "audit entries about a new network or browser",
    whose: "a session",
    count: 20,
    windowSeconds: HOUR,
    why: "a browser that changes networks all the time would fill the audit log",
  },
  refusals: {
    what: "audit entries about refused requests",
    whose: "a client and route",
    count: 1,
    windowSeconds: MINUTE,
    why: "a flood of refused requests would fill the audit log. The next entry counts all of them",
  },
  codes: {
    what: "codes of e-mails and second factors",
    whose: "a client",
    count: 30,
    windowSeconds: 10 * MINUTE,
    why: "codes of many accounts could be guessed",
  },
  passkeys: {
    what: "passkeys that are asked for",
    whose: "a client",
    count: 100,
    windowSeconds: 10 * MINUTE,
    why: "each is a row for five minutes. Successful sign-ins do not count",
  },
  wrongApiKeys: {
    what: "wrong API keys",
    whose: "a client",
    count: 30,
    windowSeconds: 10 * MINUTE,
    why: "each is a query, and a program that goes on with an ended key does not notice otherwise",
  },
  apiKeyRequests: {
    what: "requests with an API key",
    whose: "an API key",
    count: 300,
    windowSeconds: MINUTE,
    why: "a program in a loop would slow down everybody else",
  },
  imports: {
    what: "uploaded files of users",
    whose: "an admin",
    count: 30,
    windowSeconds: HOUR,
    why: "each is up to 100,000 rows in the database for a day",
  },
  downloads: {
    what: "`/download_data`",
    whose: "a user who is signed in",
    count: 1,
    windowSeconds: HOUR,
    why: "reading everything that is stored about a user is costly",
  },
  pictures: {
    what: "uploaded pictures",
    whose: "the user they are of",
    count: 50,
    windowSeconds: DAY,
    why: "decoding a picture is costly, whether it is accepted or not",
  },
} as const satisfies Readonly<Record<string, DeclaredLimit>>;

/** The rate limits, by name. All processes of a database share them. */
export type Limits = Readonly<Record<keyof typeof LIMITS, RateLimit>>;

/** Opens the rate limits of {@linkcode LIMITS}. */
export function openLimits(db: Db): Limits {
  const refusedUntil = openRefusedUntil();
  const entries = Object.entries(LIMITS)
    .map(([name, limit]) => [name, new RateLimit(db, name, limit, refusedUntil)]);
  return Object.fromEntries(entries) as Limits;
}
