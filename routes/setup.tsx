import { page } from "fresh";
import { AuthCard } from "@/components/AuthCard.tsx";
import { FirstAdminHint } from "@/components/FirstAdminHint.tsx";
import { RegisterForm } from "@/components/RegisterForm.tsx";
import EmailCheck from "@/islands/EmailCheck.tsx";
import PasswordStrength from "@/islands/PasswordStrength.tsx";
import {
  registerFirstAdmin,
  requireNoAdmin,
  requireSetupToken,
} from "@/lib/domain/accounts/setup.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused } from "@/lib/web/answer.ts";
import {
  clearCookie,
  newSessionCookies,
  readCookies,
  redirectWithToken,
} from "@/lib/web/cookies.ts";
import { define } from "@/lib/web/define.ts";

/** The form for those who have opened the link; for all others, how to get it. */
type SetupView = FormView | { readonly needsLink: true };

export const handler = define.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    await requireNoAdmin(services);
    const headers = { "referrer-policy": "no-referrer" };
    const linked = ctx.url.searchParams.get("token");
    const token = linked ?? readCookies(services.settings, ctx.req.headers).setup;
    if (token === undefined) return page<SetupView>({ needsLink: true }, { headers });
    await requireSetupToken(services, actor, token);
    if (linked !== null) return redirectWithToken(services.settings, "setup", linked);
    return page<SetupView>(EMPTY_FORM, { headers });
  },
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    await requireNoAdmin(services);
    await requireSetupToken(
      services,
      actor,
      readCookies(services.settings, ctx.req.headers).setup ?? "",
    );
    return await onForm(ctx, async (texts) => {
      const form = parseForm(registerForm, texts);
      const outcome = await registerFirstAdmin(services, actor, form);
      if (!outcome.ok) return refused(ctx, outcome, texts);
      const { session, user_id } = outcome.value;
      return done(ctx, {
        flash: "set_up",
        location: "/admin",
        status: 201,
        data: { user_id },
        cookies: [
          ...newSessionCookies(ctx.state, session),
          clearCookie(services.settings, "setup"),
        ],
      });
    });
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AuthCard title="Make the first admin" colorMode={state.colorMode} path="/setup">
    {"needsLink" in data
      ? (
        <>
          <FirstAdminHint />
          <a class="btn btn-primary" href="/login">Sign in</a>
        </>
      )
      : (
        <RegisterForm
          action="/setup"
          submit="Create the admin"
          values={data.values}
          errors={data.errors}
          problem={data.problem}
          email={
            <EmailCheck
              value={data.values.email}
              error={data.errors.email}
              secret={state.services.settings.emailVerification === "required"}
            />
          }
          password={
            <PasswordStrength
              label={registerForm.password.label}
              minLength={state.services.settings.passwordMinLength}
              userInputs={[state.services.settings.appName]}
              error={data.errors.password}
            />
          }
        />
      )}
  </AuthCard>
));
