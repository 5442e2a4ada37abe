import { runTask, type Task } from "@/lib/cli/task.ts";
import { startChild } from "@/lib/serve/child.ts";

/** `deno task build` */
export const build: Task<Record<never, never>> = {
  name: "build",
  summary: "Builds the application for production, into the folder _fresh.",
  usage: "",
  examples: ["build"],
  options: {},
  run: async () => await startChild(["run", "-A", "dev.ts", "build"]).ended ? 0 : 1,
};

if (import.meta.main) Deno.exit(await runTask(build, Deno.args));
