import { HttpError } from "fresh";
import { DomainError, type DomainErrorCode } from "@/lib/domain/errors.ts";
import { QueueFullError } from "@/lib/work_queue.ts";
import type { State } from "./define.ts";
import { ForeignOriginError } from "./middlewares/same_origin.ts";
import { InputError } from "./require_form.ts";

/** Rules that the log names differently from their code. */
const NAMES: Readonly<Partial<Record<DomainErrorCode, string>>> = {
  too_many_requests: "limit",
  picture_too_large: "upload",
  picture_wrong_type: "upload",
  picture_too_many_pixels: "upload",
  picture_unreadable: "upload",
};

/** Reasons for refusals without a code, by status. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: "malformed",
  405: "method",
  406: "type",
  408: "slow",
  413: "upload",
  415: "type",
};

/** Notes for the request log why a request was refused. */
export function noteRefusal({ state }: { state: Pick<State, "refusal"> }, error: unknown): void {
  const reason = reasonOf(error);
  if (reason !== undefined) state.refusal = reason;
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof DomainError) return NAMES[error.code] ?? error.code;
  if (error instanceof InputError) return "input";
  if (error instanceof ForeignOriginError) return "csrf";
  if (error instanceof QueueFullError) return "busy";
  return error instanceof HttpError ? BY_STATUS[error.status] : undefined;
}
