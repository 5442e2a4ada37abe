import { oneTimeOf, readableCode } from "@/lib/shared/one_time.ts";
import { letterHtml, letterText } from "./letter_layout.tsx";
import { composeLetter, type LetterFacts, type LetterName, LETTERS, wordsOf } from "./letters.ts";

/** A file with an e-mail. */
export interface LetterFile {
  readonly name: string;
  readonly content: string;
}

const SAMPLE: LetterFacts = {
  appName: "Roster",
  appUrl: "https://people.example.com",
  at: new Date("2030-01-31T09:30:00Z"),
  browser: "Firefox on Linux",
  network: "192.0.2.7",
  username: "sample.user",
  role: "admin",
  inviter: "ada",
  invited: "grace@example.com",
};

/** Renders every e-mail with sample values. */
export function previewLetters(): LetterFile[] {
  return (Object.keys(LETTERS) as LetterName[]).flatMap((letter) => {
    const { oneTime } = wordsOf(letter);
    const code = oneTime && oneTimeOf(oneTime).codeMinutes && readableCode("ABCD2345");
    const secret = oneTime && { token: "sample-token", code: code || undefined };
    const content = composeLetter(letter, { ...SAMPLE, ...secret });
    return [
      { name: `${letter}.txt`, content: `${content.subject}\n\n${letterText(content)}` },
      { name: `${letter}.html`, content: letterHtml(content) },
    ];
  });
}
