import { isMigrated, migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { startMaintenance } from "@/lib/domain/maintenance.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import { createLogger } from "@/lib/log.ts";
import { loadSettings } from "@/lib/settings.ts";
import { closeOnSignal } from "@/lib/web/close_on_signal.ts";
import { createApp } from "@/lib/web/app.ts";

const LAST_WORDS_MS = 1_000;

const settings = loadSettings();
const log = await createLogger(settings);
for (const notice of settings.notices) log.warn(notice);
const database = await openDatabase(settings.database, "server");
// While this process has the embedded folder nobody else could migrate it. To ask first is quicker.
if (database.kind === "pglite" && !await isMigrated(database.db)) await migrateUp(database.db);
const services = await openServices(settings, database, log);
const stopMaintenance = startMaintenance(services);

// Under `--watch` this process is the watcher as well, which ends and restarts it by itself.
if (!Deno.mainModule.endsWith("/dev.ts")) {
  closeOnSignal(log, async () => {
    stopMaintenance();
    await closeServices(services);
    await database.close();
  });
}

// Nothing works without it. What the requests under way are told, and the log, need a moment.
database.lost.then((error) => {
  log.fatal({ err: error }, "The server ends, for its database has stopped: start it again");
  setTimeout(() => Deno.exit(1), LAST_WORDS_MS);
});

/** The application, for `deno serve` and the development server. */
export const app = createApp(services);
