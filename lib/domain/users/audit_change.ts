import type { Tx } from "@/lib/db/database.ts";
import type { JsonColumns, UserColumns } from "@/lib/db/operation_tables.ts";
import { GONE, insertUndoEntry, readUserColumns } from "@/lib/repo/undo_log.ts";
import type { User } from "@/lib/repo/users.ts";
import { actionOf, type AuditAction } from "@/lib/shared/actions.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";

/** A change that a transaction has made to a user. */
interface Change {
  readonly action: AuditAction;
  /** The user before it. */
  readonly user: User;
  /** What {@linkcode readUserColumns} returned before it. */
  readonly before: UserColumns;
  /** Whether the user is still there. */
  readonly leaves: "user" | "nobody";
  readonly details?: Record<string, unknown>;
}

/**
 * Adds the entry of a change to the audit trail, and keeps what it takes to take the change back.
 * Call it after the change, in its transaction.
 *
 * @returns the number of the entry if the action can be taken back
 */
export async function auditChange(
  tx: Tx,
  actor: Actor,
  { action, user, before, leaves, details = {} }: Change,
): Promise<number | undefined> {
  const undo = leaves === "nobody"
    ? { before, after: GONE }
    : differenceOf(before, await readUserColumns(tx, user.id));
  const changes = leaves === "nobody" ? {} : changesOf(undo);
  const entry = await audit(tx, actor, action, user, {
    ...details,
    ...(Object.keys(changes).length > 0 && { changes }),
  });
  if (!actionOf(action).undo) return undefined;
  if (leaves === "user" && isOnlyTrace(undo.before)) return undefined;
  await insertUndoEntry(tx, { entry, user_id: user.id, action, ...undo });
  return entry;
}

/** Columns that follow from others. */
const DERIVED: ReadonlySet<string> = new Set([
  "updated_at",
  "username_key",
  "username_look",
  "email_key",
]);

/** The values of fields before and after a change, as the audit log shows them. */
function changesOf(
  { before, after }: { readonly before: UserColumns; readonly after: UserColumns },
): Record<string, readonly [unknown, unknown]> {
  const account = Object.keys(before.account).filter((name) => !DERIVED.has(name))
    .map((name) => [name, [before.account[name], after.account[name]]] as const);
  const profile = Object.keys(before.profile).filter((name) => !DERIVED.has(name))
    .map((name) =>
      [
        // The account has a column of this name, too.
        name === "email" ? "contact_email" : name,
        [before.profile[name], after.profile[name]],
      ] as const
    );
  const changed = [...account, ...profile].filter(([, [old, now]]) => old !== now);
  return Object.fromEntries(changed);
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

function differenceOf(before: UserColumns, after: UserColumns) {
  const account = changedColumns(before.account, after.account);
  const profile = changedColumns(before.profile, after.profile);
  const pick = (columns: UserColumns): UserColumns => ({
    account: only(columns.account, account),
    profile: only(columns.profile, profile),
  });
  return { before: pick(before), after: pick(after) };
}

/**
 * Columns that mean something together. If one of them changes, all are kept: an address that is
 * taken back must not count as confirmed because the other one was confirmed since.
 */
const GROUPS: readonly (readonly string[])[] = [
  ["status", "status_reason", "suspended_until"],
  ["email", "email_key", "email_verified_at"],
  ["failed_logins", "locked_until"],
];

function changedColumns(before: JsonColumns, after: JsonColumns): string[] {
  const isChanged = (name: string) => name !== "version" && before[name] !== after[name];
  return Object.keys(before).filter((name) => {
    const group = GROUPS.find((columns) => columns.includes(name)) ?? [name];
    return group.some(isChanged);
  });
}

function only(columns: JsonColumns, names: readonly string[]): JsonColumns {
  return Object.fromEntries(names.map((name) => [name, columns[name]]));
}
