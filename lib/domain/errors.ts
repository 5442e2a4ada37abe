import type { FieldErrors } from "@/lib/shared/form.ts";
import type { EditConflictView, UserView } from "@/lib/shared/views.ts";

/** Every rule that can be broken. */
export type DomainErrorCode =
  | "not_signed_in"
  | "forbidden"
  | "sign_in_failed"
  | "email_not_verified"
  | "registration_closed"
  | "user_not_found"
  | "last_admin"
  | "own_account"
  | "stale_version"
  | "other_viewer"
  | "name_taken"
  | "link_invalid"
  | "setup_over"
  | "setup_token_wrong"
  | "admin_exists"
  | "too_many_requests"
  | "picture_too_large"
  | "picture_wrong_type"
  | "picture_too_many_pixels"
  | "picture_unreadable"
  | "pictures_unavailable"
  | "search_too_broad"
  | "busy";

/** A rule was broken; `code` says which, and nothing has changed. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  /** When trying again makes sense, where it does. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: DomainErrorCode,
    options: ErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    super(code, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** An edit of a version that is not the newest. */
export class StaleVersionError extends DomainError {
  constructor(
    /** The user as somebody else has left it. */
    readonly current: UserView,
    /** The fields that both have changed. */
    readonly conflicts: readonly EditConflictView[],
  ) {
    super("stale_version");
  }
}

/** Input that was understood and not taken, by field; nothing has changed. */
export interface Refusal {
  readonly ok: false;
  readonly errors: FieldErrors;
  /** Whether somebody else has what was asked for. */
  readonly conflict: boolean;
}

/** What a use case gives back when its input may turn out bad. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;

/** Refuses input. */
export function refuse(errors: FieldErrors): Refusal {
  return { ok: false, errors, conflict: false };
}
