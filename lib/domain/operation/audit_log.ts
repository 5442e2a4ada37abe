import { type AuditEntryFilter, listAuditEntries } from "@/lib/repo/audit_log.ts";
import { type AuditEvent, findNewestAuditEvent } from "@/lib/repo/audit_events.ts";
import { findDeletedUsersByName } from "@/lib/repo/deleted_users.ts";
import { findUserByLogin } from "@/lib/repo/users.ts";
import type { Db } from "@/lib/db/database.ts";
import {
  type auditExportForm,
  auditFields,
  type AuditFilter,
  type auditLogForm,
} from "@/lib/shared/audit_log.ts";
import type { Values } from "@/lib/shared/form.ts";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import type { AuditEntryView, AuditLogView, ChangeView } from "@/lib/shared/operation_views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit, auditView } from "@/lib/domain/audit.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { offerUndo } from "@/lib/domain/users/undo.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * Lists a page of the audit log.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function listAuditLog(
  services: Services,
  actor: Actor,
  { after, before, ...filter }: Values<typeof auditLogForm>,
): Promise<AuditLogView> {
  authorise(actor, "see_audit_log");
  const entries = await entryFilter(services.db, filter);
  const { rows, next, previous, searchedTo } = await services.readSlowly((db) =>
    listAuditEntries(db, entries, { limit: PAGE_SIZE_DEFAULT, after, before })
  );
  const { auditSignInDays: sign_in_days, auditDays: days } = services.settings;
  const removal = await findNewestAuditEvent(services.db, "expire_audit_log");
  return {
    entries: offerUndo(actor, rows, auditEntryView),
    kept: { sign_in_days, days, removed_at: removal?.at.toISOString() ?? null },
    searched_to: searchedTo?.toISOString() ?? null,
    next,
    previous,
  };
}

/** Entries in a portion of an export. */
const EXPORT_PORTION = 500;

/**
 * Reads all entries that match a filter, newest first, in portions. The audit log has an entry of
 * the export itself.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function exportAuditLog(
  services: Services,
  actor: Actor,
  { format, ...filter }: Values<typeof auditExportForm>,
): Promise<AsyncIterable<readonly AuditEntryView[]>> {
  authorise(actor, "export_audit_log");
  const entries = await entryFilter(services.db, filter);
  await audit(services.db, actor, "export_audit_log", undefined, {
    format,
    ...auditFields(filter),
  });
  return portions(services, entries);
}

async function* portions(
  { readSlowly }: Services,
  filter: AuditEntryFilter,
): AsyncGenerator<readonly AuditEntryView[]> {
  let after: number | null | undefined;
  while (after !== null) {
    const query = { limit: EXPORT_PORTION, after };
    const { rows, next } = await readSlowly((db) => listAuditEntries(db, filter, query));
    yield rows.map(auditEntryView);
    after = next;
  }
}

/** Looks up the users that a filter names. */
async function entryFilter(
  db: Db,
  { actor, target, text, ...filter }: AuditFilter,
): Promise<AuditEntryFilter> {
  const actorId = await userIdOf(db, actor);
  const targetId = await userIdOf(db, target);
  const isRequest = REQUEST_ID.test(text);
  // The trail also has names of users who are erased by now, and of tasks.
  const texts = [
    ...(isRequest ? [] : [text]),
    ...(actorId === undefined ? [actor] : []),
    ...(targetId === undefined ? [target] : []),
  ];
  return {
    ...filter,
    actorId,
    targetId,
    words: texts.flatMap((words) => words.match(/[\p{L}\p{M}\p{N}]+/gv) ?? []),
    requestId: isRequest ? text.toLowerCase() : undefined,
  };
}

const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function userIdOf(db: Db, name: string): Promise<number | undefined> {
  if (name === "") return undefined;
  if (/^\d{1,15}$/.test(name)) return Number(name);
  const user = await findUserByLogin(db, name);
  if (user) return user.id;
  const [deleted] = await findDeletedUsersByName(db, name, undefined);
  return deleted?.user_id;
}

/** Returns everything about an entry that admins may see. */
function auditEntryView(event: AuditEvent): AuditEntryView {
  const { api_key, reason, changes, account, profile, email, ...others } = event.details;
  const key = nameOfKey(api_key);
  return {
    ...auditView(event),
    way: key !== null ? "api_key" : isOfTask(event) ? "task" : "page",
    api_key: key,
    changes: [
      ...changesIn(changes),
      ...changesIn(account),
      ...changesIn({ email }),
      ...namesIn(profile).map((field) => ({ field, before: null, after: null })),
    ],
    reason: typeof reason === "string" && reason !== "" ? reason : null,
    notes: notesIn({ ...others, ...(Array.isArray(email) ? {} : { email }) }),
    request_id: event.request_id,
    network: event.ip,
    browser: event.browser,
  };
}

/** Usernames have no spaces. */
function isOfTask({ actor_id, actor_name }: AuditEvent): boolean {
  return actor_id === null && actor_name.startsWith("task ");
}

function nameOfKey(key: unknown): string | null {
  return typeof key === "object" && key !== null && "name" in key ? String(key.name) : null;
}

/** Reads values before and after by field. */
function changesIn(value: unknown): ChangeView[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([field, pair]): ChangeView[] =>
    Array.isArray(pair) && pair.length === 2
      ? [{ field, before: textOf(pair[0]), after: textOf(pair[1]) }]
      : pair === "changed"
      ? [{ field, before: null, after: null }]
      : []
  );
}

/** Profile fields of entries that earlier versions have written. */
function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function notesIn(others: object): Record<string, string> {
  const notes = Object.entries(others).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(notes.map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
