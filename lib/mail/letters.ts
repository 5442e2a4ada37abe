import { lifeInWords, oneTimeOf } from "@/lib/shared/one_time.ts";
import { fill } from "@/lib/shared/words.ts";
import { ACCOUNTS } from "./letters/accounts.ts";
import type { LetterWords } from "./letters/letter_words.ts";
import { SECURITY } from "./letters/security.ts";

/**
 * Every e-mail, by subject. None of them contains anything that a stranger chose: mail programs turn
 * names like www.example.com into links.
 */
export const LETTERS = { ...ACCOUNTS, ...SECURITY };

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
