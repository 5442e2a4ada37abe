import { page, type PageProps } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { FlashCode } from "@/lib/shared/flash.ts";
import type { Texts } from "@/lib/shared/form.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { done, EMPTY_FORM, type FormView, onForm } from "./answer.ts";
import {
  clearCookie,
  pathOf,
  readCookies,
  redirectWithToken,
  type TokenCookie,
} from "./cookies.ts";
import { define, type RequestContext, type State } from "./define.ts";

/** Message on the page of a mailed link that has lost its token. */
export const NO_TOKEN = "Open the link in your e-mail again, and allow cookies for this site";

/** A page that a mailed link opens, with a button that does what the link is for. */
interface LinkRoute {
  readonly cookie: TokenCookie;
  readonly title: string;
  readonly text: string;
  /** On the button. */
  readonly submit: string;
  readonly flash: FlashCode;
  use(services: Services, actor: AnonymousActor | UserActor, token: string): Promise<unknown>;
  /** Answers a request that is not about the link. */
  other?(ctx: RequestContext, texts: Texts): Promise<Response> | undefined;
}

/** Makes the handler and the page of a mailed link. */
export function linkRoute({ cookie, title, text, submit, flash, use, other }: LinkRoute) {
  const path = pathOf(cookie);
  const handler = define.handlers({
    // Programs that look at the links of an e-mail must not use them up: a button does.
    GET: (ctx) => {
      const { settings } = ctx.state.services;
      const token = ctx.url.searchParams.get("token");
      if (token !== null) return redirectWithToken(settings, cookie, token);
      const hasToken = readCookies(settings, ctx.req.headers)[cookie] !== undefined;
      return page<FormView>(hasToken ? EMPTY_FORM : { ...EMPTY_FORM, problem: NO_TOKEN });
    },
    POST: (ctx) =>
      onForm(ctx, async (texts) => {
        const { services, actor, viewer } = ctx.state;
        const answer = other?.(ctx, texts);
        if (answer) return await answer;
        const { settings } = services;
        const token = texts.get("token") ?? readCookies(settings, ctx.req.headers)[cookie] ?? "";
        await use(services, actor, token);
        const location = homeOf(viewer?.role);
        return done(ctx, { flash, location, cookies: [clearCookie(settings, cookie)] });
      }),
  });
  function LinkPage({ data: { problem }, state }: PageProps<FormView, State>) {
    return (
      <AuthCard title={title} colorMode={state.colorMode} path={path}>
        {problem
          ? (
            <>
              <Alert kind="error">{problem}</Alert>
              <a class="btn btn-primary" href="/">Continue</a>
            </>
          )
          : (
            <form method="post" action={path}>
              <p class="text-body-secondary">{text}</p>
              <button type="submit" class="btn btn-primary">{submit}</button>
            </form>
          )}
      </AuthCard>
    );
  }
  return { handler, LinkPage };
}
