import type { JobSource } from "@/lib/db/operation_tables.ts";
import { NOBODY } from "@/lib/repo/users.ts";
import { type ApiKeyActor, isOfUser, type TaskActor, type UserActor } from "./actor.ts";

/** Who may ask for work that goes on in the background after the request or the command has ended. */
export type JobOwner = UserActor | ApiKeyActor | TaskActor;

/** Returns the id of the user for whom it is done. Operators have no account, and share one number. */
export function ownerIdOf(actor: JobOwner): number {
  return isOfUser(actor) ? actor.userId : NOBODY;
}

/** Returns what the entries of the audit log say about the request or the command. */
export function jobSourceOf(actor: JobOwner): JobSource {
  if (actor.kind === "task") return { requestId: "", ip: "", userAgent: "", task: actor.name };
  const { requestId, ip, userAgent } = actor.source;
  const apiKey = actor.kind === "api_key" && { id: actor.keyId, name: actor.keyName };
  return { requestId, ip, userAgent, ...(apiKey && { apiKey }) };
}
