import { nextBatchSize, type TimedBatch } from "@/lib/batches.ts";
import type { Tx } from "@/lib/db/database.ts";
import type { ImportState } from "@/lib/db/operation_tables.ts";
import type { Hook } from "@/lib/repo/hooks.ts";
import type { JobStep } from "@/lib/repo/job_steps.ts";
import { insertJobs, type NewJob } from "@/lib/repo/jobs.ts";
import { prepareForManyUsers, refreshUserStatistics } from "@/lib/repo/server.ts";
import { readUserRows } from "@/lib/repo/undo_log.ts";
import {
  type ImportRow,
  listImportRows,
  lockImport,
  refreshImportStatistics,
  type RowQuery,
  type RowResult,
  updateImport,
  updateImportRows,
  type UserImport,
} from "@/lib/repo/user_imports.ts";
import { upsertProfileTexts } from "@/lib/repo/user_profiles.ts";
import { isLastingAdmin } from "@/lib/repo/admins.ts";
import { findUserById, findUsersByEmails, lockUsersByIds, renameUsers } from "@/lib/repo/users.ts";
import { insertFormerUsernames } from "@/lib/repo/former_usernames.ts";
import { foldKey } from "@/lib/shared/fold.ts";
import { columnOf, profileColumns, type ProfileField } from "@/lib/shared/profile_form.ts";
import type { Images } from "@/lib/storage/images.ts";
import type { TaskActor, UserActor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { auditChanges } from "@/lib/domain/users/audit_change.ts";
import { insertPortion } from "./import_portion.ts";
import { accountOf, type PlannedRow, planRows } from "./import_rows.ts";

/** Who may import users. */
export type ImportActor = UserActor | TaskActor;

/** What the step needs besides the transaction. */
interface Means {
  readonly images: Pick<Images, "keptIn">;
  readonly hooks: readonly Hook[];
}

const BATCH: TimedBatch = { milliseconds: 100, least: 100, most: 500 };

/** One way through the rows of an import. */
interface Pass {
  readonly rows: Omit<RowQuery, "after" | "limit">;
  readonly next: ImportState;
  run(
    tx: Tx,
    means: Means,
    job: UserImport,
    actor: ImportActor,
    rows: readonly ImportRow[],
  ): Promise<RowResult[]>;
}

const PASSES: { readonly [State in ImportState]?: Pass } = {
  checking: {
    rows: { outcomes: ["unread"] },
    next: "checked",
    run: async (tx, _, job, __, rows) => {
      const planned = await planRows(tx, job, rows);
      return planned.map(({ result }) => result);
    },
  },
  running: { rows: { outcomes: ["new", "changed"] }, next: "done", run: importRows },
  inviting: {
    rows: { outcomes: ["added"], link: "wanted" },
    next: "invited",
    run: invite,
  },
};

/**
 * Goes through the next rows of an import. What became of them is written in the same transaction,
 * so that each is done once, also if the process dies.
 */
export function importRowsStep(images: Pick<Images, "keptIn">, hooks: readonly Hook[]): JobStep {
  return {
    name: "user_import",
    async run(tx, { payload }) {
      const begin = performance.now();
      const { after, rows: limit } = { ...FIRST_TURN, ...payload as Partial<Turn> };
      const job = await lockImport(tx, Number(payload?.user_import));
      const pass = job && PASSES[job.state];
      if (!pass) return;
      const actor = await actorOf(tx, job);
      if (!actor) return await updateImport(tx, job.id, { state: "cancelled" });
      await prepareForManyUsers(tx);
      const rows = await listImportRows(tx, job.id, { ...pass.rows, after, limit });
      const last = rows.at(-1)?.line ?? 0;
      // At the end it looks from the first line on for rows that stayed.
      if (last === 0 && after === 0) {
        if (pass.next === "done") await refreshUserStatistics(tx);
        await refreshImportStatistics(tx);
        return await updateImport(tx, job.id, { state: pass.next });
      }
      if (last === 0) return await insertJobs(tx, [jobOfImport(job.id)]);
      await updateImportRows(tx, job.id, await pass.run(tx, { images, hooks }, job, actor, rows));
      const done = { rows: rows.length, taken: performance.now() - begin };
      await insertJobs(tx, [
        jobOfImport(job.id, { after: last, rows: nextBatchSize(BATCH, done) }),
      ]);
    },
  };
}

/** Where a transaction goes on, and how many rows it takes. */
interface Turn {
  readonly after: number;
  readonly rows: number;
}

const FIRST_TURN: Turn = { after: 0, rows: BATCH.least };

/** Returns the job that goes on with an import. */
export function jobOfImport(id: number, turn: Turn = FIRST_TURN): NewJob {
  return { kind: "user_import", payload: JSON.stringify({ user_import: id, ...turn }) };
}

/** Returns the operator or the admin of an import, if they still are one. A session may have ended. */
async function actorOf(tx: Tx, { by_id, source }: UserImport): Promise<ImportActor | undefined> {
  if (source.task) return { kind: "task", name: source.task };
  if (!await isLastingAdmin(tx, by_id)) return undefined;
  const admin = await findUserById(tx, by_id);
  if (!admin) return undefined;
  const { username, role } = admin;
  return { kind: "user", source, userId: by_id, username, role, sessionId: 0 };
}

/** Looks again at each row, because users may have changed since it was checked. */
async function importRows(
  tx: Tx,
  { images, hooks }: Means,
  job: UserImport,
  actor: ImportActor,
  rows: readonly ImportRow[],
): Promise<RowResult[]> {
  const planned = await planRows(tx, job, rows);
  const added = planned.filter((row) => row.does === "add");
  await insertPortion(
    tx,
    images,
    hooks,
    actor,
    added.map(({ values }) => ({
      username: values.username,
      formerName: undefined,
      account: accountOf(values),
      profile: {
        ...profileColumns((field) => values.profile[field] ?? ""),
        email: values.profile.contact_email ?? values.email,
      },
      picture: undefined,
    })),
  );
  const changed = await changeUsers(tx, actor, planned.filter((row) => row.does === "change"));
  return planned.map((row) => {
    if (row.does === "add") return { ...row.result, outcome: "added" };
    const isDone = row.does === "change" && changed.has(row);
    return isDone ? { ...row.result, outcome: "updated" } : row.result;
  });
}

/** A row that changes a user who is here. */
type ChangingRow = Extract<PlannedRow, { does: "change" }>;

/** Changes users, all in the same statements. Returns the rows that are done. */
async function changeUsers(
  tx: Tx,
  actor: ImportActor,
  rows: readonly ChangingRow[],
): Promise<ReadonlySet<ChangingRow>> {
  if (rows.length === 0) return new Set();
  const ids = rows.map(({ user }) => user.id);
  const locked = new Map((await lockUsersByIds(tx, ids)).map((user) => [user.id, user]));
  // Somebody has changed the others just now: their rows stay, and are looked at again.
  const current = rows.filter(({ user }) => locked.get(user.id)?.version === user.version);
  if (current.length === 0) return new Set();
  const before = await readUserRows(tx, ids, "account and profile");
  await renameUsers(
    tx,
    current.map(({ user: { id }, values: { username } }) => ({ id, username })),
  );
  await insertFormerUsernames(
    tx,
    current.filter(({ user, values: { username } }) =>
      username !== undefined && foldKey(username) !== user.username_key
    ).map(({ user }) => ({ name: user.username, userId: user.id })),
  );
  await upsertProfileTexts(
    tx,
    current.flatMap(({ user, values: { profile } }) => {
      const texts = Object.entries(profile)
        .map(([field, text]) => [columnOf(field as ProfileField), text]);
      return texts.length > 0 ? [{ user_id: user.id, ...Object.fromEntries(texts) }] : [];
    }),
  );
  await auditChanges(tx, actor, { action: "edit_user", users: current, before });
  return new Set(current);
}

/** Sends links for a first password. Nobody gets one who has a password by now, or is gone. */
async function invite(
  tx: Tx,
  _: Means,
  __: UserImport,
  actor: ImportActor,
  rows: readonly ImportRow[],
): Promise<RowResult[]> {
  const users = await findUsersByEmails(tx, rows.flatMap(({ email_key }) => email_key ?? []));
  await postLetters(tx, actor, users.map(({ email }) => ({ about: "forgotten", to: email })));
  await auditAll(tx, actor, "send_password_reset", users);
  return rows.map(({ line, outcome, reason }) => ({ line, outcome, reason, link: "sent" }));
}
