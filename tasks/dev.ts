import { runTask, type Task } from "@/lib/cli/task.ts";
import { startChild } from "@/lib/serve/child.ts";

const WATCHED = "components,islands,lib,routes,main.ts";

/**
 * `deno task dev`. The server is a separate process, because a process that Deno watches never
 * ends, not even after it has printed its help.
 */
export const dev: Task<Record<never, never>> = {
  name: "dev",
  summary: "Serves the application, and builds and reloads its pages whenever a file changes.",
  usage: "",
  examples: ["dev"],
  options: {},
  run: async () => await startChild(["run", "-A", `--watch=${WATCHED}`, "dev.ts"]).ended ? 0 : 1,
};

if (import.meta.main) Deno.exit(await runTask(dev, Deno.args));
