import type { PGlite } from "@electric-sql/pglite";

const CHECK_MS = 60_000;
/** About the most that a start after a crash has to read again: a second or two of work. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Writes a checkpoint now and then, so that the write-ahead log stays short and a start after a
 * crash is quick. PostgreSQL does this in a background process, which PGlite lacks.
 *
 * @returns a function that stops it
 */
export function keepLogShort(pglite: PGlite): () => void {
  const timer = setInterval(() => {
    // A closing database needs no checkpoint. The next query reports any other fault.
    checkpointIfLong(pglite).catch(() => {});
  }, CHECK_MS);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

/** Writes a checkpoint if the log has grown long. Returns whether it did. */
export async function checkpointIfLong(pglite: PGlite): Promise<boolean> {
  const { rows: [log] } = await pglite.query<{ bytes: number }>(
    "select (pg_current_wal_lsn() - redo_lsn)::int8 as bytes from pg_control_checkpoint()",
  );
  if (!log || log.bytes < MAX_LOG_BYTES) return false;
  await pglite.exec("checkpoint");
  return true;
}
