import { HttpError } from "fresh";
import { Document } from "@/components/Document.tsx";
import { ErrorPage } from "@/components/ErrorPage.tsx";
import { define, type RequestContext } from "../define.ts";
import { wantsHtml } from "../answer.ts";
import { type Problem, problemJson, problemOf } from "../problem.ts";

/**
 * Turns whatever goes wrong into an answer, in one place: a page for browsers, JSON for scripts. It
 * stands further out than any route, so that the outer middlewares add their headers to errors too.
 */
export const answerErrors = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    const { services, source } = ctx.state;
    const problem = problemOf(error, source.requestId);
    if (problem.status >= 500) {
      services.log.error({ err: error, request_id: source.requestId }, "Request failed");
    }
    const response = await answer(ctx, problem);
    copyAllow(error, response);
    return response;
  }
});

async function answer(ctx: RequestContext, problem: Problem): Promise<Response> {
  if (!wantsHtml(ctx.req)) return problemJson(problem);
  if (problem.status === 401 && ctx.req.method === "GET") return toLogin(ctx);
  const response = await ctx.render(
    <Document title={problem.title} colorMode={ctx.state.colorMode ?? "auto"}>
      <ErrorPage
        status={problem.status}
        title={problem.title}
        detail={problem.detail}
        requestId={problem.request_id}
      />
    </Document>,
    { status: problem.status },
    { skipAppWrapper: true, skipInheritedLayouts: true },
  );
  if (problem.retryAfterSeconds !== undefined) {
    response.headers.set("retry-after", String(problem.retryAfterSeconds));
  }
  return response;
}

function toLogin(ctx: RequestContext): Response {
  const next = encodeURIComponent(ctx.url.pathname + ctx.url.search);
  return new Response(null, { status: 303, headers: { location: `/login?next=${next}` } });
}

/** The router says in its error which methods there are. */
function copyAllow(error: unknown, response: Response): void {
  if (!(error instanceof HttpError) || error.status !== 405) return;
  const allow: unknown = Reflect.get(error, "allow");
  if (typeof allow === "string") response.headers.set("allow", allow);
}
