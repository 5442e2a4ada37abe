import { STATUS_CODES } from "node:http";
import { HttpError } from "fresh";
import { QueueFullError } from "@/lib/work_queue.ts";
import { DomainError, type DomainErrorCode, StaleVersionError } from "@/lib/domain/errors.ts";
import { databaseOutage } from "@/lib/domain/operation/service_states.ts";
import type { FieldErrors } from "@/lib/shared/form.ts";
import type { EditConflictView, UserView } from "@/lib/shared/views.ts";
import { MethodError } from "./all_methods.ts";
import { InputError } from "./require_form.ts";

/**
 * What a client is told of a failure.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: FieldErrors;
  /** Of an edit that somebody else was faster with. */
  readonly conflicts?: readonly EditConflictView[];
  readonly current?: UserView;
  /** By which the log can be searched. */
  readonly request_id?: string;
  readonly retryAfterSeconds?: number;
  /** The methods that would have been taken. */
  readonly allow?: string;
}

/** Every broken rule: its status, and what to say of it. */
const DOMAIN_PROBLEMS: Readonly<
  Record<DomainErrorCode, readonly [status: number, detail: string]>
> = {
  not_signed_in: [401, "Sign in first"],
  forbidden: [403, "Your account may not do this"],
  sign_in_failed: [
    401,
    "Name or password is wrong, or the account is locked or suspended. " +
    "After several failures an account is locked for a while.",
  ],
  email_not_verified: [
    403,
    "Confirm your address first: open the link that we have just sent to it",
  ],
  registration_closed: [403, "Nobody can register here at the moment, ask an admin"],
  user_not_found: [404, "There is no such user"],
  last_admin: [409, "This is the last active admin: make somebody else an admin first"],
  own_account: [409, "Ask another admin to change your own role or status"],
  stale_version: [
    409,
    "Somebody else has changed this user in the meantime: compare, and send the new version",
  ],
  other_viewer: [409, "You are signed in as somebody else now: load the page again"],
  name_taken: [409, "Somebody else has the name or the address of this user now"],
  link_invalid: [
    404,
    "This link was used already or is too old: sign in, and a new one is sent",
  ],
  setup_over: [404, "There is nothing at this address"],
  setup_token_wrong: [
    403,
    "This link is not the one that was printed last: open the link that deno task start printed, " +
    "or run deno task create-admin",
  ],
  admin_exists: [409, "Somebody else has just made the first admin: sign in, or ask them"],
  too_many_requests: [429, "Too many requests, wait a moment"],
  picture_too_large: [413, "The picture is larger than 5 MiB"],
  picture_wrong_type: [415, "Choose a picture of the type JPEG, PNG or WebP"],
  picture_too_many_pixels: [422, "The picture has more than 40 megapixels"],
  picture_unreadable: [422, "The picture is damaged, choose another file"],
  pictures_unavailable: [503, "This server cannot process pictures, because sharp does not load"],
  search_too_broad: [
    503,
    "This search takes too long: narrow it, with more letters or another filter",
  ],
  busy: [503, "Too much to do at the moment, try again in a few seconds"],
};

/** What is said when the database cannot do what was asked of it at the moment. */
const OUTAGES: Readonly<Record<NonNullable<ReturnType<typeof databaseOutage>>, string>> = {
  unreachable: "The database does not answer at the moment, try again in a few seconds",
  read_only: "Nothing can be saved at the moment, try again in a few seconds",
  disk_full: "Nothing can be saved: the disk of the database is full. Ask an admin to make room",
  busy: DOMAIN_PROBLEMS.busy[1],
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  408: "Too slow",
  409: "Conflict",
  413: "Too large",
  415: "Wrong type",
  422: "Please check your input",
  429: "Too many requests",
  500: "Internal error",
  503: "Busy",
};

const UNEXPECTED = "Something went wrong on our side. It has been logged, please try again later";

/** Turns whatever was thrown into what the client is told; nothing internal is in it. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof DomainError) {
    const [status, detail] = DOMAIN_PROBLEMS[error.code];
    const { retryAfterSeconds } = error;
    return problem(status, detail, {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(error instanceof StaleVersionError && membersOf(error)),
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
    return problem(503, DOMAIN_PROBLEMS.busy[1], { retryAfterSeconds: 5 });
  }
  const outage = databaseOutage(error);
  if (outage) return problem(503, OUTAGES[outage], { retryAfterSeconds: 5, request_id: requestId });
  return problem(500, UNEXPECTED, { request_id: requestId });
}

/** Bad input, by field. */
export function inputProblem(status: 409 | 422, errors: FieldErrors): Problem {
  return problem(status, Object.values(errors).join(". "), { errors });
}

/** The problem as `application/problem+json`. */
export function problemJson(problem: Problem): Response {
  const { retryAfterSeconds: _, allow: __, ...members } = problem;
  const headers = problemHeaders(problem);
  headers.set("content-type", "application/problem+json");
  return Response.json(members, { status: problem.status, headers });
}

/** What is said of a problem in headers, in whatever form the rest is said. */
export function problemHeaders({ retryAfterSeconds, allow }: Problem): Headers {
  const headers = new Headers();
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  if (allow !== undefined) headers.set("allow", allow);
  return headers;
}

function membersOf({ conflicts, current }: StaleVersionError) {
  return { conflicts, current };
}

function problem(status: number, detail: string, more: Partial<Problem> = {}): Problem {
  return { status, title: TITLES[status] ?? "Error", detail, ...more };
}

/** What Fresh itself throws has no message, or just the name of the status. */
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
