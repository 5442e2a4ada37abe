import { runTask, type Task } from "@/lib/cli/task.ts";
import { withTable } from "@/lib/markdown.ts";
import { envExample, settingsTable } from "@/lib/settings/documents.ts";
import { fieldsTable, limitsTable, trailTable } from "./documents/tables.ts";

/** A document that declarations are written into. */
export interface WrittenDocument {
  readonly file: string;
  /** The text as it must be, given what it is. Columns of tables are not aligned. */
  write(text: string): string;
}

/** All documents with something that follows from declarations. */
export const DOCUMENTS: readonly WrittenDocument[] = [
  { file: ".env.example", write: envExample },
  { file: "README.md", write: (text) => withTable(text, "Settings", settingsTable()) },
  {
    file: "docs/security.md",
    write: (text) =>
      withTable(
        withTable(text, "Rate limits", limitsTable()),
        "Entries of the audit trail",
        trailTable(),
      ),
  },
  { file: "docs/security/fields.md", write: (text) => withTable(text, "Fields", fieldsTable()) },
];

/** `deno task documents` */
export const documents: Task<Record<never, never>> = {
  name: "documents",
  summary: "Writes .env.example and the tables of the documents from their declarations.",
  usage: "",
  examples: ["documents"],
  options: {},
  async run() {
    for (const { file, write } of DOCUMENTS) {
      await Deno.writeTextFile(file, write(await Deno.readTextFile(file)));
    }
    const pages = DOCUMENTS.map(({ file }) => file).filter((file) => file.endsWith(".md"));
    // Aligns the columns.
    const command = new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", ...pages] });
    return (await command.output()).success ? 0 : 1;
  },
};

if (import.meta.main) Deno.exit(await runTask(documents, Deno.args));
