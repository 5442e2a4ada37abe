import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { ResetPasswordForm } from "@/components/ResetPasswordForm.tsx";
import PasswordStrength from "@/islands/PasswordStrength.tsx";
import { resetPassword } from "@/lib/domain/accounts/reset_password.ts";
import { signOut } from "@/lib/domain/accounts/sign_in.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { resetPasswordForm } from "@/lib/shared/user_forms.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused } from "@/lib/web/answer.ts";
import { clearCookie, readCookies, redirectWithToken } from "@/lib/web/cookies.ts";
import { define } from "@/lib/web/define.ts";
import { NO_TOKEN } from "@/lib/web/link_route.tsx";

export const handler = define.handlers({
  GET: (ctx) => {
    const { settings } = ctx.state.services;
    const token = ctx.url.searchParams.get("token");
    if (token !== null) return redirectWithToken(settings, "reset", token);
    const hasToken = readCookies(settings, ctx.req.headers).reset !== undefined;
    return page<FormView>(hasToken ? EMPTY_FORM : { ...EMPTY_FORM, problem: NO_TOKEN });
  },
  POST: (ctx) =>
    onForm(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const { settings } = services;
      const token = texts.get("token") ?? readCookies(settings, ctx.req.headers).reset ?? "";
      const form = parseForm(resetPasswordForm, texts);
      const outcome = await resetPassword(services, actor, token, form);
      if (!outcome.ok) return refused(ctx, outcome, texts);
      // Somebody else may be signed in here. The new password has to be typed in any case.
      if (actor.kind === "user") await signOut(services, actor);
      return done(ctx, {
        flash: "reset_password",
        name: outcome.value.username,
        location: "/login",
        cookies: [clearCookie(settings, "reset"), clearCookie(settings, "session")],
      });
    }),
});

export default define.page<typeof handler>(({ data: { errors, problem }, state }) => {
  const { colorMode, services: { settings } } = state;
  return (
    <AuthCard title="Choose a new password" colorMode={colorMode} path="/reset_password">
      {problem
        ? (
          <>
            <Alert kind="error">{problem}</Alert>
            <a class="btn btn-primary" href="/forgot_password">Ask for a new link</a>
          </>
        )
        : (
          <ResetPasswordForm
            errors={errors}
            password={
              <PasswordStrength
                label={resetPasswordForm.password.label}
                minLength={settings.passwordMinLength}
                userInputs={[settings.appName]}
                error={errors.password}
              />
            }
          />
        )}
    </AuthCard>
  );
});
