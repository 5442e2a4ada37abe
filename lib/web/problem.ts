import { STATUS_CODES } from "node:http";
import { HttpError } from "fresh";
import { QueueFullError } from "@/lib/work_queue.ts";
import {
  DomainError,
  type DomainErrorCode,
  RULES,
  StaleVersionError,
  UndoConflictError,
} from "@/lib/domain/errors.ts";
import { databaseOutage } from "@/lib/domain/operation/service_states.ts";
import type { FieldErrors } from "@/lib/shared/form.ts";
import type { EditConflictView, UserView } from "@/lib/shared/views.ts";
import { MethodError } from "./all_methods.ts";
import { InputError } from "./require_form.ts";

/**
 * What a client learns about a failure.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: FieldErrors;
  /** Set if somebody else saved first. */
  readonly conflicts?: readonly EditConflictView[];
  readonly current?: UserView;
  /** What was changed again, so that an action cannot be taken back. */
  readonly fields?: readonly string[];
  /** Finds the request in the log. */
  readonly request_id?: string;
  readonly retryAfterSeconds?: number;
  /** Path that leads on. */
  readonly next?: string;
  /** Names the problem, where programs have to tell it from others of the same status. */
  readonly code?: string;
  /** Methods that the route takes. */
  readonly allow?: string;
  /** How to authenticate, as in the header `WWW-Authenticate`. */
  readonly challenge?: string;
}

/** HTTP status of each broken rule. */
const STATUSES: Readonly<Record<DomainErrorCode, number>> = {
  not_signed_in: 401,
  key_invalid: 401,
  scope_missing: 403,
  forbidden: 403,
  sign_in_failed: 401,
  registration_closed: 403,
  email_not_found: 404,
  email_being_sent: 409,
  email_too_old: 409,
  email_without_link: 409,
  email_not_taken: 502,
  backup_impossible: 502,
  email_of_admin: 403,
  invitation_needed: 403,
  invitation_unknown: 404,
  invitation_used: 404,
  invitation_ended: 404,
  invitation_for_other: 403,
  invitation_not_found: 404,
  invitation_over: 409,
  user_not_found: 404,
  browser_not_found: 404,
  session_not_found: 404,
  api_key_not_found: 404,
  too_many_api_keys: 409,
  last_admin: 409,
  own_account: 409,
  challenge_over: 401,
  second_code_wrong: 422,
  second_step_locked: 429,
  second_factor_unreadable: 503,
  not_while_viewing: 403,
  viewing_off: 403,
  viewing_admin: 403,
  step_up_required: 403,
  two_factor_not_offered: 409,
  two_factor_required: 403,
  two_factor_kept: 409,
  two_factor_is_off: 409,
  setup_not_begun: 409,
  address_not_confirmed: 403,
  stale_version: 409,
  other_viewer: 409,
  undo_not_found: 404,
  undo_done: 409,
  undo_conflict: 409,
  bulk_not_found: 404,
  bulk_started: 409,
  bulk_of_another: 409,
  bulk_over: 409,
  bulk_nobody: 409,
  bulk_not_undoable: 409,
  bulk_too_late: 409,
  name_taken: 409,
  passkey_refused: 401,
  passkey_not_added: 422,
  passkey_known: 409,
  passkey_not_found: 404,
  passkeys_not_offered: 409,
  too_many_passkeys: 409,
  too_many_tags: 409,
  too_many_notes: 409,
  note_not_found: 404,
  too_many_views: 409,
  view_not_found: 404,
  address_is_confirmed: 409,
  last_way_in: 409,
  passkey_needed: 409,
  password_is_off: 409,
  own_name_taken: 409,
  link_invalid: 404,
  code_invalid: 422,
  setup_over: 404,
  setup_token_wrong: 403,
  admin_exists: 409,
  too_many_requests: 429,
  picture_too_large: 413,
  picture_wrong_type: 415,
  picture_too_many_pixels: 422,
  picture_unreadable: 422,
  pictures_unavailable: 503,
  search_too_broad: 503,
  import_not_found: 404,
  import_not_ready: 409,
  busy: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  406: "Not acceptable",
  408: "Too slow",
  409: "Conflict",
  413: "Too large",
  415: "Wrong type",
  422: "Please check your input",
  429: "Too many requests",
  500: "Internal error",
  503: "Busy",
};

/**
 * What programs with an API key learn about a refusal.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
const CHALLENGES: Readonly<Partial<Record<DomainErrorCode, string>>> = {
  not_signed_in: "Bearer",
  key_invalid: 'Bearer error="invalid_token"',
  scope_missing: 'Bearer error="insufficient_scope"',
};

const UNEXPECTED = "Something went wrong on our side. It has been logged, please try again later";

/** Turns any error into what the client may know. Contains nothing internal. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof DomainError) {
    const { code, message, retryAfterSeconds } = error;
    const challenge = CHALLENGES[code];
    return problem(STATUSES[code], message, {
      ...(challenge !== undefined && { challenge }),
      ...(code === "step_up_required" && { next: "/step_up" }),
      ...(code === "two_factor_required" && { code, next: "/security" }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(error instanceof StaleVersionError && membersOf(error)),
      ...(error instanceof UndoConflictError && { fields: error.fields }),
    });
  }
  if (error instanceof InputError) return inputProblem(422, error.errors);
  if (error instanceof MethodError) {
    return problem(405, defaultDetail(405), { allow: error.allow });
  }
  if (error instanceof HttpError && error.status < 500) {
    return problem(error.status, detailOf(error));
  }
  if (error instanceof QueueFullError) {
    return problem(503, RULES.busy, { retryAfterSeconds: 5 });
  }
  const outage = databaseOutage(error);
  if (outage) return problem(503, outage, { retryAfterSeconds: 5, request_id: requestId });
  return problem(500, UNEXPECTED, { request_id: requestId });
}

/** Bad input, by field. */
export function inputProblem(status: 409 | 422, errors: FieldErrors): Problem {
  return problem(status, Object.values(errors).join(". "), { errors });
}

/** The problem as `application/problem+json`. */
export function problemJson(problem: Problem): Response {
  const { retryAfterSeconds: _, allow: __, challenge: ___, ...members } = problem;
  const headers = problemHeaders(problem);
  headers.set("content-type", "application/problem+json");
  return Response.json(members, { status: problem.status, headers });
}

/** Headers of a problem, for HTML and JSON alike. */
export function problemHeaders({ retryAfterSeconds, allow, challenge }: Problem): Headers {
  const headers = new Headers();
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  if (allow !== undefined) headers.set("allow", allow);
  if (challenge !== undefined) headers.set("www-authenticate", challenge);
  return headers;
}

function membersOf({ conflicts, current }: StaleVersionError) {
  return { conflicts, current };
}

function problem(status: number, detail: string, more: Partial<Problem> = {}): Problem {
  return { status, title: TITLES[status] ?? "Error", detail, ...more };
}

/** Fresh's own errors have no message or only the name of the status. */
function detailOf({ status, message }: HttpError): string {
  return message === STATUS_CODES[status]
    ? defaultDetail(status)
    : message || defaultDetail(status);
}

function defaultDetail(status: number): string {
  switch (status) {
    case 404:
      return "There is nothing at this address";
    case 405:
      return "This address does not take such a request";
    default:
      return "The request could not be understood";
  }
}
