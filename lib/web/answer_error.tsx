import type { ComponentChildren } from "preact";
import { AppName } from "@/components/AppName.ts";
import { AuthCard } from "@/components/AuthCard.tsx";
import { Document } from "@/components/Document.tsx";
import { AuthFrame } from "@/components/AuthFrame.tsx";
import { ErrorMessage } from "@/components/ErrorMessage.tsx";
import { LoginForm } from "@/components/LoginForm.tsx";
import { StepUpForm } from "@/components/StepUpForm.tsx";
import { Shell } from "@/components/Shell.tsx";
import { ViewedUser } from "@/components/ViewedUser.ts";
import { proofWaysOf } from "@/lib/domain/accounts/proof.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { QueueFullError } from "@/lib/work_queue.ts";
import { wantsHtml } from "./answer.ts";
import { define, type RequestContext } from "./define.ts";
import { keepRequest, type KeptFields } from "./kept_request.ts";
import { ProofPasskey } from "./passkey_buttons.tsx";
import { type Problem, problemHeaders, problemJson, problemOf } from "./problem.ts";
import { noteRefusal } from "./refusal_reason.ts";
import { VERSION } from "./version.ts";

/**
 * Answers what fails outside of {@linkcode answerErrors} or in its pages. Fresh would write such
 * errors to stderr instead of the log.
 */
export const lastResort = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    return problemJson(reportProblem(ctx, error));
  }
});

/** Answers errors thrown by later middlewares and routes. */
export const answerErrors = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    return await answerError(ctx, error);
  }
});

/**
 * The error route: passes every error to {@linkcode answerErrors}. Otherwise Fresh might answer 404
 * and 405 itself, without our headers.
 */
export const passErrorsOn = define.middleware((ctx) => {
  throw ctx.error;
});

/** Turns any error into an answer: a page for browsers, JSON for scripts. */
async function answerError(ctx: RequestContext, error: unknown): Promise<Response> {
  noteRefusal(ctx, error);
  const problem = reportProblem(ctx, error);
  if (!wantsHtml(ctx.req)) return problemJson(problem);
  if (error instanceof DomainError && error.code === "not_signed_in") return await toLogin(ctx);
  if (error instanceof DomainError && error.code === "step_up_required") return await toStepUp(ctx);
  if (error instanceof DomainError && error.code === "two_factor_required") {
    return new Response(null, { status: 303, headers: { location: problem.next! } });
  }
  return await errorPage(ctx, problem);
}

/** Turns an error into what a client may know of it, and logs it if it is our fault. */
function reportProblem({ state: { services, source } }: RequestContext, error: unknown): Problem {
  const problem = problemOf(error, source.requestId);
  // Full queues are not logged: stack traces are costly, and these errors come by the hundred when
  // time is scarce.
  if (problem.status >= 500 && !(error instanceof QueueFullError)) {
    services.log.error({ err: error, request_id: source.requestId }, "Request failed");
  }
  return problem;
}

/** Leads to the sign-in page and remembers the page, or the form with its input. */
async function toLogin(ctx: RequestContext): Promise<Response> {
  const kept = await keepRequest(ctx);
  if (kept) return await loginPage(ctx, kept);
  const next = encodeURIComponent(ctx.url.pathname + ctx.url.search);
  const location = ctx.req.method === "GET" ? `/login?next=${next}` : "/login";
  return new Response(null, { status: 303, headers: { location } });
}

/** Leads to the page on which the user confirms who they are, and remembers the same. */
async function toStepUp(ctx: RequestContext): Promise<Response> {
  const { services, viewer, actor, colorMode = "auto" } = ctx.state;
  const kept = await keepRequest(ctx);
  if (!kept || !viewer || actor.kind !== "user") {
    const next = encodeURIComponent(ctx.url.pathname + ctx.url.search);
    const location = ctx.req.method === "GET" ? `/step_up?next=${next}` : "/step_up";
    return new Response(null, { status: 303, headers: { location } });
  }
  const { user_id: viewer_id } = viewer;
  const values = { ...kept };
  const ways = await proofWaysOf(services, actor);
  const page = (
    <Shell viewer={viewer} path="/step_up" colorMode={colorMode} version={VERSION}>
      <StepUpForm
        ways={ways}
        passkey={ways.passkey && (
          <ProofPasskey settings={services.settings} values={values} viewer_id={viewer_id} />
        )}
        values={values}
        errors={{}}
        viewer_id={viewer_id}
        username={viewer.username}
      />
    </Shell>
  );
  return await renderAlone(ctx, page, { status: 403 });
}

function loginPage(ctx: RequestContext, kept: KeptFields): Promise<Response> {
  const page = (
    <AuthCard title="Sign in" colorMode={ctx.state.colorMode ?? "auto"} path="/login">
      <LoginForm values={{ ...kept }} errors={{}} canRegister={false} hasPasskeys={false} />
    </AuthCard>
  );
  return renderAlone(ctx, page, { status: 401 });
}

/** Renders the page of an error. The navigation only needs the viewer, who is known by now. */
function errorPage(ctx: RequestContext, problem: Problem): Promise<Response> {
  const { status, title, detail, request_id } = problem;
  const { viewer, colorMode = "auto" } = ctx.state;
  const isPage = ctx.req.method === "GET";
  const path = isPage ? ctx.url.pathname + ctx.url.search : "/";
  // Sending a form again could repeat its effect. Loading a page again is safe.
  const canRetry = isPage && (status >= 500 || status === 429);
  const message = (
    <ErrorMessage
      status={status}
      title={title}
      detail={detail}
      requestId={request_id}
      retryPath={canRetry ? path : undefined}
    />
  );
  const page = viewer
    ? (
      <Shell viewer={viewer} path={path} colorMode={colorMode} version={VERSION}>
        <div class="card card-body form-narrow">{message}</div>
      </Shell>
    )
    : <AuthFrame>{message}</AuthFrame>;
  return renderAlone(ctx, page, { status, headers: problemHeaders(problem) });
}

/** Renders a document without layouts and their islands, which may be what failed. */
function renderAlone(
  ctx: RequestContext,
  page: ComponentChildren,
  init: ResponseInit,
): Promise<Response> {
  const { viewer, colorMode = "auto", services: { settings: { appName } } } = ctx.state;
  return ctx.render(
    <Document appName={appName} colorMode={colorMode}>
      <AppName.Provider value={appName}>
        <ViewedUser.Provider value={viewer}>{page}</ViewedUser.Provider>
      </AppName.Provider>
    </Document>,
    init,
    { skipAppWrapper: true, skipInheritedLayouts: true },
  );
}
