/**
 * Scripts that are written together, and scripts in modern use. A mix of Latin and Cyrillic letters
 * nearly always imitates another text.
 *
 * @see https://www.unicode.org/reports/tr39/#Restriction_Level_Detection "Highly Restrictive"
 * @see https://www.unicode.org/reports/tr31/#Table_Recommended_Scripts
 */
const SCRIPTS_TOGETHER = [
  ["Latn", "Hani", "Hira", "Kana"],
  ["Latn", "Hani", "Bopo"],
  ["Latn", "Hani", "Hang"],
  ..."Arab Armn Beng Cyrl Deva Ethi Geor Grek Gujr Guru Hebr Khmr Knda Laoo Mlym Mymr Orya Sinh Taml Telu Thaa Thai Tibt"
    .split(" ").map((script) => [script]),
];

const ONE_SCRIPT = new RegExp(
  `^(?:${
    [
      ...SCRIPTS_TOGETHER.map((scripts) => `[${classOf([...scripts, "Zyyy", "Zinh"])}]*`),
      // Rare scripts, which nobody mixes.
      `[^${classOf(SCRIPTS_TOGETHER.flat())}]*`,
    ].join("|")
  })$`,
  "v",
);

function classOf(scripts: readonly string[]): string {
  return scripts.map((script) => `\\p{Script_Extensions=${script}}`).join("");
}

/** Whether a text uses one script, or scripts that are written together. */
export function isOneScript(text: string): boolean {
  return ONE_SCRIPT.test(text.normalize("NFKC"));
}
