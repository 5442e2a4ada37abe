import type { PGlite } from "@electric-sql/pglite";

const CHECK_MS = 60_000;
/** What a start after a crash has to read again, at most about; a second or two of work. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Writes the tables out now and then, so that the write-ahead log stays short and a start after a
 * crash quick: PostgreSQL leaves that to a process of its own, which PGlite does not have.
 *
 * @returns what ends it.
 */
export function keepLogShort(pglite: PGlite): () => void {
  const timer = setInterval(() => {
    // A database that is closing needs no checkpoint; any other trouble the next query will meet.
    checkpointIfLong(pglite).catch(() => {});
  }, CHECK_MS);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

/** Writes the tables out if the log has grown long, and says whether it had. */
export async function checkpointIfLong(pglite: PGlite): Promise<boolean> {
  const { rows: [log] } = await pglite.query<{ bytes: number }>(
    "select (pg_current_wal_lsn() - redo_lsn)::int8 as bytes from pg_control_checkpoint()",
  );
  if (!log || log.bytes < MAX_LOG_BYTES) return false;
  await pglite.exec("checkpoint");
  return true;
}
