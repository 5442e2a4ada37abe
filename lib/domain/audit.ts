import { browserName } from "@/lib/browser_name.ts";
import type { Db } from "@/lib/db/database.ts";
import { type AuditedAction, type AuditEvent, insertAuditEvents } from "@/lib/repo/audit_events.ts";
import type { AuditAction } from "@/lib/shared/actions.ts";
import type { AuditView } from "@/lib/shared/views.ts";
import { type Actor, isOfUser, type UserActor } from "./actor.ts";

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
  const { id = null, username = null } = target ?? {};
  const entries = await auditAll(db, actor, action, [{ id, username, details }]);
  return entries.get(id)!;
}

/** Adds an audit entry for each of many users. Returns their numbers, by user. */
export async function auditAll(
  db: Db,
  actor: Actor,
  action: AuditAction,
  targets: readonly (AuditTarget & { readonly details?: Record<string, unknown> })[],
): Promise<ReadonlyMap<number | null, number>> {
  const means = meansOf(actor);
  const entries = await insertAuditEvents(
    db,
    eventOf(actor, action),
    targets.map(({ id, username, details }) => ({
      target_id: id,
      target_name: username,
      details: { ...details, ...means },
    })),
  );
  return new Map(entries.map(({ id, target_id }) => [target_id, id]));
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

function eventOf(actor: Actor, action: AuditAction): AuditedAction {
  const viewedBy = actor.kind === "user" ? actor.viewedBy : undefined;
  return {
    request_id: actor.kind === "task" ? null : actor.source.requestId,
    actor_id: isOfUser(actor) ? actor.userId : null,
    actor_name: nameOfActor(actor),
    real_actor_id: viewedBy?.userId ?? null,
    real_actor_name: viewedBy?.username ?? null,
    action,
    ip: actor.kind === "task" ? null : actor.source.ip,
    browser: actor.kind === "task" ? null : browserName(actor.source.userAgent),
  };
}

/** Says which API key or bulk job it was. */
function meansOf(actor: Actor) {
  if (actor.kind === "api_key") return { api_key: { id: actor.keyId, name: actor.keyName } };
  if (actor.kind === "anonymous" || !actor.bulkJob) return {};
  const { id, apiKey }: NonNullable<UserActor["bulkJob"]> = actor.bulkJob;
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
