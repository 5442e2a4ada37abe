import { failureText } from "@/lib/cli/failure.ts";
import { assertUsable } from "@/lib/cli/with_database.ts";
import type { OpenDatabase } from "@/lib/db/database.ts";
import { isMigrated, migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { startMaintenance } from "@/lib/domain/operation/maintenance.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import type { Services } from "@/lib/domain/services.ts";
import { createLogger, type Logger } from "@/lib/log.ts";
import { loadSettings, type Settings, startWarnings } from "@/lib/settings.ts";
import type { Ending } from "./ending.ts";
import type { Launch } from "./launch.ts";
import { isFurtherThread } from "./thread.ts";

/**
 * Time for pending requests to be answered and the log to be written after the database is lost.
 */
const LAST_WORDS_MS = 1_000;

/** What a serving thread has opened. */
export interface OpenServer {
  readonly services: Services;
  readonly ending: Ending;
}

/** Opens everything that a server needs, or prints why it cannot and ends the process. */
export async function openServer(launch: Launch): Promise<OpenServer> {
  try {
    return await open(loadSettings(), launch);
  } catch (error) {
    // The first thread reports it.
    if (isFurtherThread()) throw error;
    console.error(failureText(error));
    Deno.exit(1);
  }
}

async function open(settings: Settings, launch: Launch): Promise<OpenServer> {
  const log = await createLogger(settings);
  if (!isFurtherThread() && launch.parent === undefined) {
    for (const warning of startWarnings(settings)) log.warn(warning);
  }
  const database = await openDatabase(settings.database, "server");
  await assertUsable(database);
  await migrate(database, launch);
  endWithoutDatabase(database, log);
  const begun = new AbortController();
  const services = await openServices(settings, database, log, {
    ending: begun.signal,
    setupHash: launch.setupHash,
  });
  const stopMaintenance = startMaintenance(services);
  return {
    services,
    ending: {
      begun,
      noticeMs: settings.shutdownNoticeSeconds * 1_000,
      log,
      async close() {
        await stopMaintenance();
        await services.refusals.write().catch((error: unknown) => {
          log.error(
            { err: error },
            "Refused requests of the last minute are not in the audit trail",
          );
        });
        await closeServices(services);
        await database.close();
      },
    },
  };
}

/**
 * Migrates before the server serves: no other process can migrate an embedded folder that this one
 * owns. Checking first is quicker.
 */
async function migrate({ db, kind }: OpenDatabase, launch: Launch): Promise<void> {
  if (kind !== "pglite" && !launch.migrate) return;
  if (await isMigrated(db)) return;
  const names = await migrateUp(db);
  if (launch.migrate) console.log(`Migrated the database: ${names.length} steps`);
}

/** Ends the process when the database is lost. */
function endWithoutDatabase({ lost }: OpenDatabase, log: Logger): void {
  lost.then((error) => {
    log.fatal({ err: error }, "The server ends because its database has stopped: start it again");
    setTimeout(() => Deno.exit(1), LAST_WORDS_MS);
  });
}
