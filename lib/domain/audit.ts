import { browserName } from "@/lib/browser_name.ts";
import type { Db } from "@/lib/db/database.ts";
import { type AuditEvent, insertAuditEvent, insertAuditEvents } from "@/lib/repo/audit_events.ts";
import type { AuditAction } from "@/lib/shared/actions.ts";
import type { AuditView } from "@/lib/shared/views.ts";
import { type Actor, isOfUser } from "./actor.ts";

/** The user it was done to, or only a name. */
export interface AuditTarget {
  readonly id: number | null;
  readonly username: string | null;
}

/** Adds an audit entry, in the transaction of the change if there is one. Returns its number. */
export async function audit(
  db: Db,
  actor: Actor,
  action: AuditAction,
  target: AuditTarget | undefined,
  details: Record<string, unknown> = {},
): Promise<number> {
  return await insertAuditEvent(db, entry(actor, action, target, details));
}

/** Adds the same audit entry for many users. */
export async function auditAll(
  db: Db,
  actor: Actor,
  action: AuditAction,
  targets: readonly AuditTarget[],
): Promise<void> {
  await insertAuditEvents(db, targets.map((target) => entry(actor, action, target, {})));
}

/** Returns the fields of an entry that may leave the server. */
export function auditView(event: AuditEvent): AuditView {
  return {
    id: event.id,
    at: event.at.toISOString(),
    actor: event.actor_name,
    actor_id: event.actor_id,
    real_actor: event.real_actor_name,
    real_actor_id: event.real_actor_id,
    action: event.action,
    target: event.target_name,
    target_id: event.target_id,
  };
}

function entry(
  actor: Actor,
  action: AuditAction,
  target: AuditTarget | undefined,
  details: Record<string, unknown>,
) {
  const viewedBy = actor.kind === "user" ? actor.viewedBy : undefined;
  return {
    request_id: actor.kind === "task" ? null : actor.source.requestId,
    actor_id: isOfUser(actor) ? actor.userId : null,
    actor_name: nameOfActor(actor),
    real_actor_id: viewedBy?.userId ?? null,
    real_actor_name: viewedBy?.username ?? null,
    action,
    target_id: target?.id ?? null,
    target_name: target?.username ?? null,
    ip: actor.kind === "task" ? null : actor.source.ip,
    browser: actor.kind === "task" ? null : browserName(actor.source.userAgent),
    details: JSON.stringify({ ...details, ...meansOf(actor) }),
  };
}

/** Says which API key or bulk job it was. */
function meansOf(actor: Actor) {
  if (actor.kind === "api_key") return { api_key: { id: actor.keyId, name: actor.keyName } };
  if (actor.kind !== "user" || !actor.bulkJob) return {};
  const { id, apiKey } = actor.bulkJob;
  return { bulk_job: id, ...(apiKey && { api_key: apiKey }) };
}

/** Returns an actor's name in the audit log. */
export function nameOfActor(actor: Actor): string {
  switch (actor.kind) {
    case "anonymous":
      return "anonymous";
    case "user":
    case "api_key":
      return actor.username;
    case "task":
      return `task ${actor.name}`;
  }
}
