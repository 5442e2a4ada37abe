import { join } from "node:path";
import { UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task } from "@/lib/cli/task.ts";
import { previewLetters } from "@/lib/mail/preview.ts";

const DEFAULT_FOLDER = ".data/mail_preview";

/** `deno task mail` */
export const mail: Task<Record<never, never>> = {
  name: "mail",
  summary: `Writes every e-mail with sample values to files, as text and as HTML.`,
  usage: `preview [FOLDER]`,
  examples: ["mail preview", "mail preview tests/fixtures/letters"],
  options: {},
  takesWords: true,
  async run({ positionals: [action, folder = DEFAULT_FOLDER, ...rest] }) {
    if (action !== "preview" || rest.length > 0) throw new UsageError("Say mail preview [FOLDER]");
    const files = previewLetters();
    await Deno.mkdir(folder, { recursive: true });
    for (const { name, content } of files) await Deno.writeTextFile(join(folder, name), content);
    console.log(`${files.length} files are in ${folder}`);
  },
};

if (import.meta.main) Deno.exit(await runTask(mail, Deno.args));
