import { isUnreachable } from "@/lib/db/errors.ts";
import { isMigrated } from "@/lib/db/migrator.ts";
import type { ServiceStateView } from "@/lib/shared/views.ts";
import type { Services } from "./services.ts";

const WAIT_MS = 3_000;

/** Asks database, image store and mail server whether they work, all at once and not for long. */
export function checkServices(services: Services): Promise<ServiceStateView[]> {
  const { db, images, mail, settings } = services;
  const { database, ftp, smtpUrl } = settings;
  return Promise.all([
    check(
      "Database",
      database.kind === "postgres" ? "PostgreSQL" : "PGlite, embedded",
      async () => {
        if (!await isMigrated(db)) throw new Error("Migrations are missing: run deno task migrate");
      },
    ),
    ftp
      ? check(
        "FTP",
        `${ftp.host}, ${ftp.secure ? "encrypted" : "not encrypted"}`,
        () => images.store.check(),
      )
      : { name: "FTP", state: "off", detail: "Images are kept in the database" },
    smtpUrl
      ? check("Mail", new URL(smtpUrl).hostname, () => mail.check())
      : { name: "Mail", state: "off", detail: "Letters are written to .data/outbox" },
  ]);
}

/** Whether the database answers and has all migrations. */
export async function isReady({ db, log }: Services): Promise<boolean> {
  try {
    return await isMigrated(db);
  } catch (error) {
    log.warn({ err: error }, "The database does not answer");
    return false;
  }
}

/** Whether what was thrown says that the database is out of reach, so that trying later may help. */
export function isOutage(error: unknown): boolean {
  return isUnreachable(error);
}

async function check(
  name: string,
  detail: string,
  ask: () => Promise<void>,
): Promise<ServiceStateView> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("No answer")), WAIT_MS);
  });
  try {
    await Promise.race([ask(), late]);
    return { name, state: "ok", detail };
  } catch (error) {
    return { name, state: "failed", detail: `${detail}: ${reasonOf(error)}` };
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
