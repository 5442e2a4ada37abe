import { existsSync } from "node:fs";
import { buildIfStale } from "@/lib/build/stale.ts";
import { TaskError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import { writtenFolders } from "@/lib/domain/operation/written_folders.ts";
import { startChild } from "@/lib/serve/child.ts";
import { assertFolderFree, assertWritable } from "@/lib/serve/folders.ts";
import { launchArguments } from "@/lib/serve/launch.ts";
import { localOrigin, untilAnswering } from "@/lib/serve/local.ts";
import { serverOptions } from "@/lib/serve/permissions.ts";
import { assertPortFree } from "@/lib/serve/port.ts";
import { loadSettings, type Settings, startWarnings } from "@/lib/settings.ts";

const OPTIONS = {
  "permissions": { type: "boolean", help: "print the options of `deno run` for a unit, and end" },
} satisfies TaskOptions;

/**
 * `deno task start`. It stays as the parent of the server, so it loads no packages: everything that
 * takes memory runs in children.
 */
export const start: Task<typeof OPTIONS> = {
  name: "start",
  summary: "Builds what has changed, migrates the database and serves the application.",
  usage: "[--permissions]",
  examples: ["start", "start --permissions"],
  options: OPTIONS,
  async run({ values }) {
    const settings = loadSettings();
    if (values.permissions) {
      console.log(serverOptions(settings).join(" "));
      return 0;
    }
    for (const warning of startWarnings(settings)) console.warn(warning);
    console.log(`Starting ${settings.appName} on ${settings.appUrl}`);
    await assertCanStart(settings);
    console.log("Looking for what has changed since the last build");
    if (!await buildIfStale(build)) console.log("The pages are built");
    return await serve(settings) ? 0 : 1;
  },
};

/** Reports now what would fail in a minute. */
async function assertCanStart(settings: Settings): Promise<void> {
  const { database } = settings;
  if (settings.port === 0) throw new TaskError("PORT is 0: set it to the port to serve on");
  await assertPortFree(settings);
  await assertWritable(writtenFolders(settings));
  if (database.kind === "postgres" || database.path === "memory") return;
  await assertFolderFree(database.path, console.log);
  if (!existsSync(`${database.path}/PG_VERSION`)) {
    console.log(`A new database will be made in ${database.path}`);
  }
}

async function build(): Promise<void> {
  const isBuilt = await startChild(["run", "-A", "dev.ts", "build"]).ended;
  if (!isBuilt) throw new TaskError("The pages are not built, so nothing is served");
}

/** Serves in a process with only the permissions that it needs. Resolves when it has ended. */
async function serve(settings: Settings): Promise<boolean> {
  console.log("Starting the server");
  const setupToken = randomToken();
  const server = startChild([
    "run",
    ...serverOptions(settings),
    "_fresh/serve.js",
    ...launchArguments({ parent: Deno.pid, migrate: true, setupHash: hashToken(setupToken) }),
  ]);
  if (await untilAnswering(settings, server.ended)) {
    console.log(`Serving ${settings.appUrl} (Ctrl+C ends it)`);
    await tellOfSetup(settings, setupToken);
  }
  return await server.ended;
}

/** Says how to create the first admin, if there is none. */
async function tellOfSetup(settings: Settings, token: string): Promise<void> {
  const { status, body } = await fetch(`${localOrigin(settings)}/setup`);
  await body?.cancel();
  if (status !== 200) return;
  console.log(
    `There is no admin yet. Make the first one at\n\n  ${settings.appUrl}/setup?token=${token}\n\n` +
      "The link works until then, and for this start only. Or run: deno task create-admin",
  );
}

if (import.meta.main) Deno.exit(await runTask(start, Deno.args));
