import { runTask, type Task } from "@/lib/cli/task.ts";
import { envExample, withSettingsTable } from "@/lib/settings/documents.ts";

/** `deno task settings` */
export const settings: Task<Record<never, never>> = {
  name: "settings",
  summary: "Writes .env.example and the README's table of settings from their declarations.",
  usage: "",
  examples: ["settings"],
  options: {},
  async run() {
    await Deno.writeTextFile(".env.example", envExample());
    await Deno.writeTextFile("README.md", withSettingsTable(await Deno.readTextFile("README.md")));
    // Aligns the columns.
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["fmt", "-q", "README.md"],
    })
      .output();
    return success ? 0 : 1;
  },
};

if (import.meta.main) Deno.exit(await runTask(settings, Deno.args));
