import type { Tx } from "@/lib/db/database.ts";
import type { ImportState } from "@/lib/db/operation_tables.ts";
import type { Hook } from "@/lib/repo/hooks.ts";
import type { JobStep } from "@/lib/repo/job_steps.ts";
import { insertJobs, type NewJob } from "@/lib/repo/jobs.ts";
import { refreshUserStatistics } from "@/lib/repo/server.ts";
import { readUserRows } from "@/lib/repo/undo_log.ts";
import {
  type ImportRow,
  listImportRows,
  lockImport,
  type RowQuery,
  type RowResult,
  updateImport,
  updateImportRows,
  type UserImport,
} from "@/lib/repo/user_imports.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { spreadSearchWrites } from "@/lib/repo/user_search.ts";
import { isLastingAdmin } from "@/lib/repo/admins.ts";
import { findUserById, findUsersByEmails, lockUserById, updateUser } from "@/lib/repo/users.ts";
import { insertFormerUsernames } from "@/lib/repo/former_usernames.ts";
import { columnOf, profileColumns, type ProfileField } from "@/lib/shared/profile_form.ts";
import type { Images } from "@/lib/storage/images.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { auditChange } from "@/lib/domain/users/audit_change.ts";
import { insertPortion } from "./import_portion.ts";
import { accountOf, type PlannedRow, planRows } from "./import_rows.ts";

/** What the step needs besides the transaction. */
interface Means {
  readonly images: Pick<Images, "keptIn">;
  readonly hooks: readonly Hook[];
}

/** One way through the rows of an import. */
interface Pass {
  readonly rows: Omit<RowQuery, "after" | "limit">;
  /** Rows of a transaction. On the embedded database others wait for it. */
  readonly batch: number;
  readonly next: ImportState;
  run(
    tx: Tx,
    means: Means,
    job: UserImport,
    actor: UserActor,
    rows: readonly ImportRow[],
  ): Promise<RowResult[]>;
}

const PASSES: { readonly [State in ImportState]?: Pass } = {
  checking: {
    rows: { outcomes: ["unread"] },
    batch: 250,
    next: "checked",
    run: async (tx, _, job, __, rows) => {
      const planned = await planRows(tx, job, rows);
      return planned.map(({ result }) => result);
    },
  },
  running: { rows: { outcomes: ["new", "changed"] }, batch: 100, next: "done", run: importRows },
  inviting: {
    rows: { outcomes: ["added"], link: "wanted" },
    batch: 100,
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
      const after = Number(payload?.after ?? 0);
      const job = await lockImport(tx, Number(payload?.user_import));
      const pass = job && PASSES[job.state];
      if (!pass) return;
      const actor = await adminOf(tx, job);
      if (!actor) return await updateImport(tx, job.id, { state: "cancelled" });
      const rows = await listImportRows(tx, job.id, { ...pass.rows, after, limit: pass.batch });
      const last = rows.at(-1)?.line ?? 0;
      // At the end it looks from the first line on for rows that stayed.
      if (last === 0 && after === 0) {
        if (pass.next === "done") await refreshUserStatistics(tx);
        return await updateImport(tx, job.id, { state: pass.next });
      }
      if (last > 0) {
        await updateImportRows(tx, job.id, await pass.run(tx, { images, hooks }, job, actor, rows));
      }
      await insertJobs(tx, [jobOfImport(job.id, last)]);
    },
  };
}

/** Returns the job that goes on with an import after a line. */
export function jobOfImport(id: number, after = 0): NewJob {
  return { kind: "user_import", payload: JSON.stringify({ user_import: id, after }) };
}

/** Returns the admin of an import, if they still are one. Their session may have ended. */
async function adminOf(tx: Tx, { by_id, source }: UserImport): Promise<UserActor | undefined> {
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
  actor: UserActor,
  rows: readonly ImportRow[],
): Promise<RowResult[]> {
  await spreadSearchWrites(tx);
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
  const results: RowResult[] = [];
  for (const row of planned) results.push(await finishRow(tx, actor, row));
  return results;
}

async function finishRow(tx: Tx, actor: UserActor, row: PlannedRow): Promise<RowResult> {
  if (row.does === "add") return { ...row.result, outcome: "added" };
  if (row.does === "nothing") return row.result;
  const user = await lockUserById(tx, row.user.id);
  // Somebody has changed the user just now: the row stays, and is looked at again.
  if (user?.version !== row.user.version) return row.result;
  const { username, profile } = row.values;
  const before = await readUserRows(tx, [user.id]);
  const after = await updateUser(tx, user.id, { ...(username !== undefined && { username }) });
  if (after.username_key !== user.username_key) {
    await insertFormerUsernames(tx, [{ name: user.username, userId: user.id }]);
  }
  const columns = Object.entries(profile)
    .map(([field, text]) => [columnOf(field as ProfileField), text]);
  if (columns.length > 0) await upsertUserProfile(tx, user.id, Object.fromEntries(columns));
  await auditChange(tx, actor, { action: "edit_user", user, before });
  return { ...row.result, outcome: "updated" };
}

/** Sends links for a first password. Nobody gets one who has a password by now, or is gone. */
async function invite(
  tx: Tx,
  _: Means,
  __: UserImport,
  actor: UserActor,
  rows: readonly ImportRow[],
): Promise<RowResult[]> {
  const users = await findUsersByEmails(tx, rows.flatMap(({ email_key }) => email_key ?? []));
  await postLetters(tx, actor, users.map(({ email }) => ({ about: "forgotten", to: email })));
  await auditAll(tx, actor, "send_password_reset", users);
  return rows.map(({ line, outcome, reason }) => ({ line, outcome, reason, link: "sent" }));
}
