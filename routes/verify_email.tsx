import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { verifyEmail } from "@/lib/domain/accounts/verify_email.ts";
import { done, EMPTY_FORM, type FormView, onForm } from "@/lib/web/answer.ts";
import { clearCookie, readCookies, redirectWithToken } from "@/lib/web/cookies.ts";
import { define } from "@/lib/web/define.ts";

const NO_TOKEN = "Open the link in your e-mail again, and allow cookies for this site";

export const handler = define.handlers({
  // Programs that look at the links of a letter must not use them up: a button does.
  GET: (ctx) => {
    const { settings } = ctx.state.services;
    const token = ctx.url.searchParams.get("token");
    if (token !== null) return redirectWithToken(settings, "verify", token);
    const hasToken = readCookies(settings, ctx.req.headers).verify !== undefined;
    return page<FormView>(hasToken ? EMPTY_FORM : { ...EMPTY_FORM, problem: NO_TOKEN });
  },
  POST: (ctx) =>
    onForm(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const { settings } = services;
      const token = texts.get("token") ?? readCookies(settings, ctx.req.headers).verify ?? "";
      const { username: name } = await verifyEmail(services, actor, token);
      const cookies = [clearCookie(settings, "verify")];
      return done(ctx, { flash: "verify_email", name, location: "/login", cookies });
    }),
});

export default define.page<typeof handler>(({ data: { problem }, state }) => (
  <AuthCard title="Confirm your address" colorMode={state.colorMode} path="/login">
    {problem
      ? (
        <>
          <Alert kind="error">{problem}</Alert>
          <a class="btn btn-primary" href="/login">Sign in</a>
        </>
      )
      : (
        <form method="post" action="/verify_email">
          <p class="text-body-secondary">Press the button to say that this address is yours.</p>
          <button type="submit" class="btn btn-primary">Confirm</button>
        </form>
      )}
  </AuthCard>
));
