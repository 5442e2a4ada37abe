import { dirname } from "node:path";
import { buildIfStale } from "@/lib/build/stale.ts";
import { runTask, type Task } from "@/lib/cli/task.ts";
import { SERVER_V8_FLAGS } from "@/lib/cli/v8_flags.ts";
import { loadSettings, type Settings } from "@/lib/settings.ts";

/** `deno task start` */
export const start: Task<Record<never, never>> = {
  name: "start",
  summary: "Builds what has changed, migrates the database and serves the application.",
  usage: "",
  examples: ["start"],
  options: {},
  async run() {
    const settings = loadSettings();
    // What most starts do not need is not loaded for them.
    const built = await buildIfStale(async () => {
      const { buildForProduction } = await import("@/lib/build/production_build.ts");
      await buildForProduction();
    });
    console.log(built ? "Built the pages" : "The pages are built");
    await prepareDatabase(settings);
    console.log(`Serving ${settings.appUrl} (Ctrl+C ends it)`);
    console.log("The first admin is made by: deno task create-admin");
    return await serve(settings) ? 0 : 1;
  },
};

/** The server itself migrates an embedded database: while it has the folder nobody else can. */
async function prepareDatabase({ database, ...settings }: Settings): Promise<void> {
  if (database.kind === "pglite") return;
  const { migrateUp } = await import("@/lib/db/migrator.ts");
  const { withDatabase } = await import("@/lib/cli/with_database.ts");
  const names = await withDatabase({ ...settings, database }, ({ db }) => migrateUp(db));
  for (const name of names) console.log(`Applied migration ${name}`);
}

/** Where the server writes: letters, and the embedded database with its lock beside it. */
function writableFolders(database: Settings["database"]): string {
  const folders = new Set([".data"]);
  if (database.kind === "pglite" && database.path !== "memory") folders.add(dirname(database.path));
  return [...folders].join();
}

/**
 * Serves in a process that may do no more than it needs: on PostgreSQL with a worker a core, on
 * the embedded database, which one process owns, with one. Resolves when the server has ended.
 */
async function serve({ database }: Settings): Promise<boolean> {
  const server = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      SERVER_V8_FLAGS,
      "--allow-net",
      "--allow-env",
      "--allow-sys",
      "--allow-ffi",
      "--allow-read",
      `--allow-write=${writableFolders(database)}`,
      "_fresh/serve.js",
    ],
  }).spawn();
  // The terminal sends Ctrl+C to both; a supervisor's signal has to be passed on.
  const stop = () => server.kill("SIGTERM");
  Deno.addSignalListener("SIGTERM", stop);
  const { success, signal } = await server.status;
  Deno.removeSignalListener("SIGTERM", stop);
  return success || signal === "SIGTERM" || signal === "SIGINT";
}

if (import.meta.main) Deno.exit(await runTask(start, Deno.args));
