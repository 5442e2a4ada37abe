import type { SessionProof } from "@/lib/repo/sessions.ts";
import type { Scope } from "@/lib/shared/api_keys.ts";
import type { Role } from "@/lib/shared/users.ts";

/** The source of a request, for the audit log and rate limits. */
export interface RequestSource {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string;
  /** Token of the cookie of a browser that has signed in before. */
  readonly device?: string;
}

/** Somebody who has not signed in. */
export interface AnonymousActor {
  readonly kind: "anonymous";
  readonly source: RequestSource;
}

/** A signed-in user. */
export interface UserActor {
  readonly kind: "user";
  readonly source: RequestSource;
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  readonly sessionId: number;
  /** How the session's user was last proven, as of the start of the request. */
  readonly proof?: SessionProof;
  /** The admin who views as this user, and whose session it is. */
  readonly viewedBy?: { readonly userId: number; readonly username: string };
  /** The bulk job that acts for them, in no session. */
  readonly bulkJob?: {
    readonly id: number;
    /** The API key that asked for it. */
    readonly apiKey?: { readonly id: number; readonly name: string };
  };
}

/**
 * A program with an API key of a user. Use cases that need the person take a {@linkcode UserActor}
 * only.
 */
export interface ApiKeyActor {
  readonly kind: "api_key";
  readonly source: RequestSource;
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  readonly keyId: number;
  /** What its owner calls it. */
  readonly keyName: string;
  readonly scopes: readonly Scope[];
}

/**
 * A command run by an operator. The operating system has authorised them, so they may do
 * everything.
 */
export interface TaskActor {
  readonly kind: "task";
  /** Name of the task, such as `create-admin`. */
  readonly name: string;
  /** The bulk job that acts for them. */
  readonly bulkJob?: { readonly id: number };
}

/** Who does something. */
export type Actor = AnonymousActor | UserActor | ApiKeyActor | TaskActor;

/** Returns the owner of an actor's session: the admin, if one views as another user. */
export function sessionOwner({ viewedBy, ...actor }: UserActor): UserActor {
  return viewedBy ? { ...actor, ...viewedBy, role: "admin" } : actor;
}

/** Whether it is a user, in a session or by an API key. */
export function isOfUser(actor: Actor): actor is UserActor | ApiKeyActor {
  return actor.kind === "user" || actor.kind === "api_key";
}
