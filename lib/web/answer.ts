import { page, type PageResponse } from "fresh";
import { DomainError, type Refusal } from "@/lib/domain/errors.ts";
import type { FieldErrors, Texts } from "@/lib/shared/form.ts";
import { type FlashCode, flashText } from "@/lib/shared/flash.ts";
import type { EditConflictView, UndoTarget } from "@/lib/shared/views.ts";
import { bearerToken } from "./bearer_token.ts";
import { flashCookie } from "./cookies.ts";
import type { RequestContext } from "./define.ts";
import { readInput } from "./input.ts";
import { withoutPasswords } from "./kept_request.ts";
import { inputProblem, problemHeaders, problemJson, problemOf } from "./problem.ts";
import { noteRefusal } from "./refusal_reason.ts";

/** A form that is shown again, with its input and errors. */
export interface FormView {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  /** What is wrong with the form as a whole. */
  readonly problem?: string;
  /** Fields that somebody else has changed too. */
  readonly conflicts?: readonly EditConflictView[];
}

/** A form that nobody has filled in yet. */
export const EMPTY_FORM: FormView = { values: {}, errors: {} };

/**
 * Whether the client is a browser that shows pages, not a script that reads JSON. A program with an
 * API key always gets JSON.
 */
export function wantsHtml(req: Request): boolean {
  if (bearerToken(req) !== undefined) return false;
  return req.headers.get("accept")?.includes("text/html") ?? false;
}

/** What is answered to a change that was made. */
export interface DoneAnswer {
  /** Message on the next page, and `message` of the JSON. */
  readonly flash: FlashCode;
  /** The user it is about. */
  readonly name?: string;
  /** What the next page offers to take back. */
  readonly undo?: UndoTarget | undefined;
  /** Path of the next page. */
  readonly location: string;
  /** More members of the JSON. */
  readonly data?: Record<string, unknown>;
  /** Status of the JSON. Default 200. */
  readonly status?: number;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

/** Answers a successful change: a browser is redirected, a script gets JSON. */
export function done(ctx: RequestContext, answer: DoneAnswer): Response {
  const headers = new Headers();
  const { flash: code, name, undo } = answer;
  const flash = { code, ...(name !== undefined && { name }), ...(undo && { undo }) };
  for (const cookie of answer.cookies ?? []) headers.append("set-cookie", cookie);
  if (!wantsHtml(ctx.req)) {
    const body = { message: flashText(flash), ...answer.data };
    return Response.json(body, { status: answer.status ?? 200, headers });
  }
  const { settings } = ctx.state.services;
  headers.append("set-cookie", flashCookie(settings, flash));
  headers.set("location", answer.location);
  return new Response(null, { status: 303, headers });
}

/**
 * Answers bad input: a browser gets the page again with the input except passwords, a script gets
 * the errors as JSON.
 */
export function refused(
  ctx: RequestContext,
  refusal: Refusal,
  texts: Texts,
): Response | PageResponse<FormView> {
  ctx.state.refusal = "input";
  if (!wantsHtml(ctx.req)) {
    return problemJson(inputProblem(refusal.conflict ? 409 : 422, refusal.errors));
  }
  return page({ values: valuesOf(texts), errors: refusal.errors }, { status: 422 });
}

/** Returns the input that a form may show again. */
export function valuesOf(texts: Texts): FormView["values"] {
  return Object.fromEntries(withoutPasswords(texts));
}

/**
 * Runs the handler of a form. If a rule is broken, a browser gets the form again with the reason
 * above it instead of an error page.
 */
export async function onForm<View extends FormView>(
  ctx: RequestContext,
  handle: (texts: Texts) => Promise<Response | PageResponse<View>>,
): Promise<Response | PageResponse<View | FormView>> {
  const { texts } = await readInput(ctx);
  try {
    return await handle(texts);
  } catch (error) {
    if (!(error instanceof DomainError) || !wantsHtml(ctx.req)) throw error;
    noteRefusal(ctx, error);
    // These lead to a page of their own, and from there back to the form.
    if (error.code === "not_signed_in" || error.code === "step_up_required") throw error;
    const problem = problemOf(error, ctx.state.source.requestId);
    const { detail, conflicts } = problem;
    const values = valuesOf(texts);
    const view = { values, errors: {}, problem: detail, ...(conflicts && { conflicts }) };
    return page(view, { status: problem.status, headers: problemHeaders(problem) });
  }
}
