import type { Tx } from "@/lib/db/database.ts";
import type { UserColumns } from "@/lib/db/operation_tables.ts";
import { insertUndoEntries, readDifferences, type UserRows } from "@/lib/repo/undo_log.ts";
import type { User } from "@/lib/repo/users.ts";
import { actionOf, type AuditAction } from "@/lib/shared/actions.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";

/** Changes that a transaction has made to users. */
interface AuditedChanges {
  readonly action: AuditAction;
  /** The users before it, whether or not they are still there. */
  readonly users: readonly { readonly user: User; readonly details?: Record<string, unknown> }[];
  /** Their rows before it, perhaps among others. */
  readonly before: UserRows;
}

/**
 * Adds the entries of changes to the audit trail, and keeps what it takes to take the changes back.
 * Call it after the changes, in their transaction.
 *
 * @returns by user, the numbers of the entries that can be taken back
 */
export async function auditChanges(
  tx: Tx,
  actor: Actor,
  { action, users, before }: AuditedChanges,
): Promise<ReadonlyMap<number, number>> {
  if (users.length === 0) return new Map();
  const differences = await readDifferences(tx, before, users.map(({ user }) => user.id));
  const written = await auditAll(
    tx,
    actor,
    action,
    users.map(({ user: { id, username }, details }) => {
      const changes = changesOf(differences.get(id));
      const hasChanges = Object.keys(changes).length > 0;
      return { id, username, details: { ...details, ...(hasChanges && { changes }) } };
    }),
  );
  if (!actionOf(action).undo) return new Map();
  const kept = users.flatMap(({ user: { id: user_id } }) => {
    const difference = differences.get(user_id);
    const entry = written.get(user_id);
    const isKept = entry !== undefined && difference && !isOnlyTrace(difference.before);
    return isKept ? [{ entry, user_id, ...difference }] : [];
  });
  await insertUndoEntries(tx, action, kept);
  return new Map(kept.map(({ user_id, entry }) => [user_id, entry]));
}

/** Adds the entry of a change to one user, like {@linkcode auditChanges}. */
export async function auditChange(
  tx: Tx,
  actor: Actor,
  { user, details = {}, ...change }:
    & Omit<AuditedChanges, "users">
    & AuditedChanges["users"][number],
): Promise<number | undefined> {
  const entries = await auditChanges(tx, actor, { ...change, users: [{ user, details }] });
  return entries.get(user.id);
}

/** Columns that follow from others. */
const DERIVED: ReadonlySet<string> = new Set([
  "updated_at",
  "username_key",
  "username_look",
  "email_key",
]);

/**
 * The values of fields before and after a change, as the audit log shows them. Nothing of a user who
 * was deleted.
 */
function changesOf(
  difference: { readonly before: UserColumns; readonly after: UserColumns } | undefined,
): Record<string, readonly [unknown, unknown]> {
  const changes: Record<string, readonly [unknown, unknown]> = {};
  if (!difference) return changes;
  for (const part of ["account", "profile"] as const) {
    const before = difference.before[part];
    for (const [name, now] of Object.entries(difference.after[part])) {
      if (DERIVED.has(name) || before[name] === now) continue;
      // The account has a column of this name, too.
      changes[part === "profile" && name === "email" ? "contact_email" : name] = [
        before[name],
        now,
      ];
    }
  }
  return changes;
}

/**
 * Columns that change by themselves as well. If they have since, they keep their values and nothing
 * else is in the way of taking an action back.
 */
const TRACES: ReadonlySet<string> = new Set(["updated_at", "failed_logins", "locked_until"]);

/** Whether a change of a column may be left as it is when an action is taken back. */
export function isTrace(column: string): boolean {
  return TRACES.has(column);
}

function isOnlyTrace({ account, profile }: UserColumns): boolean {
  return !("failed_logins" in account) && !("locked_until" in account) &&
    [...Object.keys(account), ...Object.keys(profile)].every(isTrace);
}
