import { cellText } from "@/lib/csv.ts";
import type { Db } from "@/lib/db/database.ts";
import type { ImportState } from "@/lib/db/operation_tables.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { SourceError } from "@/lib/import/source.ts";
import { readTable, type Table, type TableRow } from "@/lib/import/table.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import {
  countImportRows,
  deleteImport,
  findImport,
  type ImportRow,
  insertImport,
  insertImportRows,
  listImportRows,
  listImportsBy,
  lockImport,
  refreshImportStatistics,
  resetImportRows,
  updateImport,
  type UserImport,
} from "@/lib/repo/user_imports.ts";
import type { AuditAction, PermittedAction } from "@/lib/shared/actions.ts";
import { guessColumns, type ImportColumns } from "@/lib/shared/user_import.ts";
import type { ImportLine, ImportRowView, ImportView } from "@/lib/shared/operation_views.ts";
import { isOfUser, type UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, authorisePage, confirmSession, requireProof } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import { jobSourceOf, ownerIdOf } from "@/lib/domain/job_owner.ts";
import type { Services } from "@/lib/domain/services.ts";
import { type ImportActor, jobOfImport } from "./import_rows_step.ts";

/** Rows of a portion, when a file is stored or read back. */
const PORTION = 500;

/** Rows of each outcome that the page shows. */
const SAMPLES = 10;

/**
 * Stores the rows of a file of users. Nothing happens to users before {@linkcode stepImport}.
 * Returns the number of the import.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`, `too_many_requests`
 */
export async function uploadImport(
  services: Services,
  actor: ImportActor,
  bytes: Uint8Array,
): Promise<Outcome<number>> {
  const { db, limits } = services;
  authorise(actor, "prepare_import");
  await requireProof(db, actor, { action: "prepare_import", targetId: undefined, to: "send" });
  if (isOfUser(actor)) await limits.imports.take(String(actor.userId));
  try {
    const table = await readTable(bytes);
    const id = await insertImport(db, {
      by_id: ownerIdOf(actor),
      source: JSON.stringify(jobSourceOf(actor)),
      header: JSON.stringify(table.header),
      columns: JSON.stringify(guessColumns(table.header)),
      state: "cancelled",
    });
    const rows = await storeRows(db, id, table);
    await refreshImportStatistics(db);
    await inTransaction(db, async (tx) => {
      await updateImport(tx, id, { state: "columns" });
      await confirmSession(tx, actor, "prepare_import");
      await audit(tx, actor, "prepare_import", undefined, { rows });
    });
    return { ok: true, value: id };
  } catch (error) {
    if (error instanceof SourceError) return refuse({ file: error.message });
    throw error;
  }
}

/** Until all rows are stored nobody sees the import. What is left of it goes after a day. */
async function storeRows(db: Db, id: number, table: Table): Promise<number> {
  let portion: TableRow[] = [];
  let count = 0;
  for await (const row of table.rows) {
    portion.push(row);
    count++;
    if (portion.length < PORTION) continue;
    await insertImportRows(db, id, portion);
    portion = [];
  }
  await insertImportRows(db, id, portion);
  if (count === 0) throw new SourceError("The file has a header, but no rows: export it again");
  return count;
}

/** Imports on the page of the upload. */
const MAX_LISTED = 10;

/**
 * Lists the actor's imports of the last day, for the page that uploads another one.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`
 */
export async function listImports({ db }: Services, actor: UserActor): Promise<ImportLine[]> {
  await authorisePage(db, actor, "prepare_import");
  const found = await listImportsBy(db, actor.userId, MAX_LISTED);
  return found.map(({ id, state, created_at }) => ({
    import_id: id,
    state,
    created_at: created_at.toISOString(),
  }));
}

/**
 * Returns how far an import is, to the admin or the operator who began it.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `import_not_found`
 */
export async function getImport(
  { db }: Services,
  actor: ImportActor,
  id: number,
): Promise<ImportView> {
  authorise(actor, "prepare_import");
  const found = requireOwn(actor, await findImport(db, id));
  const counts = await countImportRows(db, id);
  const samples = await Promise.all(
    (["refused", "new", "changed"] as const).map((outcome) =>
      listImportRows(db, id, { outcomes: [outcome], limit: SAMPLES })
    ),
  );
  return {
    import_id: id,
    state: found.state,
    header: found.header,
    columns: found.columns,
    total: counts.reduce((sum, { count }) => sum + count, 0),
    counts: Object.fromEntries(counts.map(({ outcome, count }) => [outcome, count])),
    without_password: counts.find(({ outcome }) => outcome === "added")?.links ?? 0,
    samples: samples.flat().map((row) => rowView(found, row)),
  };
}

function rowView({ columns }: UserImport, { line, outcome, reason, cells }: ImportRow) {
  const textOf = (field: "email" | "username") => cells[columns[field] ?? -1] ?? "";
  const view: ImportRowView = {
    line,
    outcome,
    reason,
    email: textOf("email"),
    username: textOf("username"),
  };
  return view;
}

/** What each step of an import needs and begins. */
const STEPS = {
  check: { action: "prepare_import", from: ["columns", "checked"], to: "checking" },
  start: { action: "start_import", from: ["checked"], to: "running" },
  invite: { action: "invite_imported", from: ["done"], to: "inviting" },
} as const satisfies Readonly<
  Record<string, {
    readonly action: PermittedAction & AuditAction;
    readonly from: readonly ImportState[];
    readonly to: ImportState;
  }>
>;

/** A step of an import. */
export type ImportStep = keyof typeof STEPS;

/**
 * Begins the next step of an import, which goes on in the background: checking what would become of
 * each row, importing, or sending links to users without a password.
 *
 * @param columns for the step `check`
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`, `import_not_found`,
 * `import_not_ready`
 */
export async function stepImport(
  { db, jobs }: Services,
  actor: ImportActor,
  { id, step, columns }: { id: number; step: ImportStep; columns: ImportColumns },
): Promise<Outcome<number>> {
  const { action, from, to } = STEPS[step];
  authorise(actor, action);
  if (step === "check" && columns.email === undefined) {
    return refuse({ email: "Choose the column of the address, which says who a row is about" });
  }
  await inTransaction(db, async (tx) => {
    const locked = await lockImport(tx, id);
    await confirmSession(tx, actor, action);
    const found = requireOwn(actor, locked);
    if (!from.some((state) => state === found.state)) throw new DomainError("import_not_ready");
    if (step === "check") await resetImportRows(tx, id);
    else await audit(tx, actor, action, undefined, { import: id });
    const chosen = step === "check" ? { columns: JSON.stringify(columns) } : {};
    await updateImport(tx, id, { state: to, ...chosen });
    await insertJobs(tx, [jobOfImport(id)]);
  });
  jobs.wake("user_import");
  return { ok: true, value: id };
}

/**
 * Ends an import and forgets its file. Users who were imported stay.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `import_not_found`
 */
export async function cancelImport(
  { db }: Services,
  actor: ImportActor,
  id: number,
): Promise<void> {
  authorise(actor, "cancel_import");
  await inTransaction(db, async (tx) => {
    // Waits for the batch that is being done.
    const locked = await lockImport(tx, id);
    await confirmSession(tx, actor, "cancel_import");
    requireOwn(actor, locked);
    await deleteImport(tx, id);
    await audit(tx, actor, "cancel_import", undefined, { import: id });
  });
}

/** Rows of a file that were refused, to be mended and loaded again. */
export interface RefusedRows {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<readonly Readonly<Record<string, string>>[]>;
}

/** The column with the reason, which an import ignores. */
const REASON = "import_reason";

/**
 * Reads the refused rows of an import with their reasons, in portions.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `import_not_found`
 */
export async function readRefusedRows(
  { db }: Services,
  actor: ImportActor,
  id: number,
): Promise<RefusedRows> {
  authorise(actor, "prepare_import");
  const { header } = requireOwn(actor, await findImport(db, id));
  const columns = header.filter((name) => name !== REASON);
  return { header: [...columns, REASON], rows: refusedRows(db, id, header) };
}

async function* refusedRows(db: Db, id: number, header: readonly string[]) {
  let rows: ImportRow[];
  let after = 0;
  do {
    rows = await listImportRows(db, id, { outcomes: ["refused"], after, limit: PORTION });
    yield rows.map(({ cells, reason }) => ({
      ...Object.fromEntries(header.map((name, index) => [name, cellText(cells[index] ?? "")])),
      [REASON]: reason,
    }));
    after = rows.at(-1)?.line ?? 0;
  } while (rows.length === PORTION);
}

function requireOwn(actor: ImportActor, found: UserImport | undefined): UserImport {
  if (found?.by_id !== ownerIdOf(actor)) throw new DomainError("import_not_found");
  return found;
}
