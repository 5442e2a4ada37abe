import { text } from "./fields.ts";
import type { Field } from "./form.ts";
import {
  FULL_NAME_MAX_CHARS,
  STACKED_MARKS_MAX,
  USERNAME_MAX_CHARS,
  USERNAME_MIN_CHARS,
  USERNAME_MIN_SYLLABLES,
} from "./limits.ts";
import { isOneScript } from "./scripts.ts";

/**
 * Characters of a username, for a character class of a regular expression (flag `v`). Without
 * invisible letters and marks such as U+3164 and U+034F, which would make two names differ that
 * look the same.
 */
export const USERNAME_CHARACTERS = "[\\p{L}\\p{M}\\p{N}._\\-]--\\p{Default_Ignorable_Code_Point}";

/** Describes a valid username in one line. */
export const USERNAME_HINT =
  `${USERNAME_MIN_CHARS} to ${USERNAME_MAX_CHARS} letters, digits, dots, underscores, hyphens`;

/** A new username. Names that an older version accepted stay valid. */
export const username: Field<string> = {
  ...text({
    label: "Username",
    required: true,
    maxLength: USERNAME_MAX_CHARS,
    pattern: `[${USERNAME_CHARACTERS}]+`,
    rule: "Use letters, digits, dots, underscores and hyphens only",
    check: usernameFault,
    autocomplete: "username",
    hint: USERNAME_HINT,
  }),
  minLength: USERNAME_MIN_SYLLABLES,
};

/** A user's full name. */
export const fullName = text({
  label: "Full name",
  maxLength: FULL_NAME_MAX_CHARS,
  check: nameFault,
  autocomplete: "name",
});

function usernameFault(name: string): string | undefined {
  const length = [...name].length;
  if (length < USERNAME_MIN_CHARS && !(length >= USERNAME_MIN_SYLLABLES && SYLLABLES.test(name))) {
    return `Username needs at least ${USERNAME_MIN_CHARS} characters`;
  }
  if (MARK_ON_NOTHING.test(name)) return "Put each accent on a letter";
  if (!isOneScript(name)) {
    return "Use letters of one alphabet: some of another look the same";
  }
  return nameFault(name);
}

/** Refuses a name that shows nothing or covers other lines. */
function nameFault(name: string): string | undefined {
  if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(name)) {
    return "Use at least one letter or digit";
  }
  if (STACKED_MARKS.test(name)) return `Use at most ${STACKED_MARKS_MAX} accents on a letter`;
}

/** Characters that are a syllable or a word: two of them are a whole name. */
const SYLLABLES =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}]+$/v;

const MARK_ON_NOTHING = /(?:^|[._\-])\p{M}/v;

/** Invisible characters do not end a stack. */
const STACKED_MARKS = new RegExp(
  `(?:[\\p{Mn}\\p{Me}][\\p{Default_Ignorable_Code_Point}--\\p{M}]*){${STACKED_MARKS_MAX + 1}}`,
  "v",
);
