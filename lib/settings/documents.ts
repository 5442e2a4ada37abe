import { tableOf } from "@/lib/markdown.ts";
import { type Setting, SETTINGS } from "./declarations.ts";

const ROWS: readonly (readonly [string, Setting<unknown>])[] = Object.entries(SETTINGS);
const LINE_CHARS = 96;

/** Returns the table of all settings. */
export function settingsTable(): string {
  const rows = ROWS.map(([name, setting]) => [`\`${name}\``, setting.default, setting.meaning]);
  return tableOf(["name", "default", "meaning"], rows);
}

/** Returns the text of `.env.example`: each setting with its meaning and default, commented out. */
export function envExample(): string {
  const settings = ROWS.map(([name, setting]) => {
    const text = `${setting.meaning}. Default: ${setting.default}`
      .replace(/\[[^\]]*\]\((#.*?)\)/g, "README.md$1").replaceAll("`", "");
    const lines = text.match(new RegExp(`.{1,${LINE_CHARS}}(?: |$)`, "g")) ?? [];
    return [...lines.map((line) => `# ${line.trim()}`), `#${name}=`].join("\n");
  });
  return [
    "# Copy this file to .env and fill in what you need.",
    "# Written by `deno task documents` from lib/settings/declarations.ts.",
    ...settings,
    "",
  ].join("\n\n").replace("need.\n\n#", "need.\n#").replace(/\n+$/, "\n");
}
