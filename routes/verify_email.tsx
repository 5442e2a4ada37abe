import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { verifyEmail } from "@/lib/domain/accounts/verify_email.ts";
import { done, type FormView, onForm } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/define.ts";

export const handler = define.handlers({
  // Programs that look at the links of a letter must not use them up: a button does.
  GET: (ctx) => {
    const token = ctx.url.searchParams.get("token") ?? "";
    const headers = { "referrer-policy": "no-referrer" };
    return page<FormView>({ values: { token }, errors: {} }, { headers });
  },
  POST: (ctx) =>
    onForm(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const { username: name } = await verifyEmail(services, actor, texts.get("token") ?? "");
      return done(ctx, { flash: "verify_email", name, location: "/login" });
    }),
});

export default define.page<typeof handler>(({ data: { values, problem }, state }) => (
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
          <input type="hidden" name="token" value={values.token} />
          <button type="submit" class="btn btn-primary">Confirm</button>
        </form>
      )}
  </AuthCard>
));
