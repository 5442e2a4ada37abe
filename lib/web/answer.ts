import { page, type PageResponse } from "fresh";
import { DomainError, type Refusal } from "@/lib/domain/errors.ts";
import type { FieldErrors, Texts } from "@/lib/shared/form.ts";
import { type FlashCode, flashText, writeFlash } from "@/lib/shared/flash.ts";
import type { EditConflictView } from "@/lib/shared/views.ts";
import { setCookie } from "./cookies.ts";
import type { RequestContext } from "./define.ts";
import { readInput } from "./input.ts";
import { withoutPasswords } from "./kept_request.ts";
import { inputProblem, problemHeaders, problemJson, problemOf } from "./problem.ts";
import { noteRefusal } from "./refusal_reason.ts";

const FLASH_SECONDS = 60;

/** A form that comes back: what was typed, and what is wrong with it. */
export interface FormView {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  /** What is wrong with the request as a whole. */
  readonly problem?: string;
  /** What somebody else has changed as well. */
  readonly conflicts?: readonly EditConflictView[];
}

/** A form that nobody has filled in yet. */
export const EMPTY_FORM: FormView = { values: {}, errors: {} };

/** Whether the client is a browser that shows a page, and not a script that reads JSON. */
export function wantsHtml(req: Request): boolean {
  return req.headers.get("accept")?.includes("text/html") ?? false;
}

/** What is answered to a change that was made. */
export interface DoneAnswer {
  /** Said on the next page; its text is the JSON's `message`. */
  readonly flash: FlashCode;
  /** The user it is about. */
  readonly name?: string;
  /** Path of the next page. */
  readonly location: string;
  /** Further members of the JSON. */
  readonly data?: Record<string, unknown>;
  /** Of the JSON. Default 200. */
  readonly status?: number;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

/** Answers a change that was made: a page is shown next, or JSON says so. */
export function done(ctx: RequestContext, answer: DoneAnswer): Response {
  const headers = new Headers();
  const { flash: code, name } = answer;
  const flash = { code, ...(name !== undefined && { name }) };
  for (const cookie of answer.cookies ?? []) headers.append("set-cookie", cookie);
  if (!wantsHtml(ctx.req)) {
    const body = { message: flashText(flash), ...answer.data };
    return Response.json(body, { status: answer.status ?? 200, headers });
  }
  const { settings } = ctx.state.services;
  headers.append("set-cookie", setCookie(settings, "flash", writeFlash(flash), FLASH_SECONDS));
  headers.set("location", answer.location);
  return new Response(null, { status: 303, headers });
}

/** Answers bad input: the page comes back with it, passwords left out, or JSON says what is wrong. */
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

/** What was typed, as a form shows it again. */
export function valuesOf(texts: Texts): FormView["values"] {
  return Object.fromEntries(withoutPasswords(texts));
}

/**
 * Runs the handler of a form. Where a rule was broken, a browser gets the form back with the reason
 * above it, instead of a page that says nothing else.
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
    // A session that ended in this very moment leads to signing in, as one that ended before.
    if (error.code === "not_signed_in") throw error;
    const problem = problemOf(error, ctx.state.source.requestId);
    const { detail, conflicts } = problem;
    const values = valuesOf(texts);
    const view = { values, errors: {}, problem: detail, ...(conflicts && { conflicts }) };
    return page(view, { status: problem.status, headers: problemHeaders(problem) });
  }
}
