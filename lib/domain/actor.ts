import type { Role } from "@/lib/shared/users.ts";

/** Where a request came from; for the audit trail and for limits per client. */
export interface RequestSource {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string;
}

/** Somebody who has not signed in. */
export interface AnonymousActor {
  readonly kind: "anonymous";
  readonly source: RequestSource;
}

/** A user in a session of theirs. */
export interface UserActor {
  readonly kind: "user";
  readonly source: RequestSource;
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  readonly sessionId: number;
}

/** A command that an operator runs; the operating system has let them, so they may do all. */
export interface TaskActor {
  readonly kind: "task";
  /** Name of the task, such as `create-admin`. */
  readonly name: string;
}

/** Who does something. */
export type Actor = AnonymousActor | UserActor | TaskActor;
