import { page } from "fresh";
import { Head } from "fresh/runtime";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { FirstAdminHint } from "@/components/FirstAdminHint.tsx";
import { TrapField } from "@/components/TrapField.tsx";
import { RegisterForm } from "@/components/RegisterForm.tsx";
import EmailCheck from "@/islands/EmailCheck.tsx";
import PasswordStrength from "@/islands/PasswordStrength.tsx";
import { reasonNotToRegister, register } from "@/lib/domain/accounts/register.ts";
import { RULES } from "@/lib/domain/errors.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { registerForm, TRAP } from "@/lib/shared/sign_in_forms.ts";
import { done, EMPTY_FORM, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { newSessionCookies, setCookie } from "@/lib/web/cookies.ts";
import { define } from "@/lib/web/define.ts";

export const handler = define.handlers({
  GET: (ctx) => {
    const { viewer } = ctx.state;
    return viewer ? ctx.redirect(homeOf(viewer.role)) : page(EMPTY_FORM);
  },
  POST: (ctx) =>
    onForm(ctx, async (texts) => {
      const { services, source, viewer } = ctx.state;
      const form = parseForm(registerForm, texts);
      // Scripts start a session at /login, and a signed-in user keeps theirs.
      const session = wantsHtml(ctx.req) && !viewer ? "begin" : "none";
      const visitor = texts.get(TRAP) ? "program" : "person";
      const options = { session, visitor } as const;
      const outcome = await register(services, { kind: "anonymous", source }, form, options);
      if (visitor === "program") ctx.state.refusal = "trap";
      if (!outcome.ok) return refused(ctx, outcome, texts);
      const { verification, username: name, email, session: begun } = outcome.value;
      if (verification === "required") {
        const cookies = [setCookie(services.settings, "verify_address", email, 3_600)];
        const location = "/verify_email";
        return done(ctx, { flash: "register.must_verify", location, status: 201, cookies });
      }
      if (begun === undefined) {
        return done(ctx, { flash: "register.may_sign_in", name, location: "/login", status: 201 });
      }
      const cookies = newSessionCookies(ctx.state, begun);
      return done(ctx, {
        flash: "register.signed_in",
        location: homeOf("user"),
        status: 201,
        cookies,
      });
    }),
});

export default define.page<typeof handler>(async ({ data, state, url }) => {
  const { colorMode, flash, services: { settings, firstAdmin } } = state;
  const { values, errors, problem } = data;
  const closed = reasonNotToRegister(settings);
  return (
    <AuthCard
      title="Create an account"
      flash={flash}
      colorMode={colorMode}
      path={url.pathname}
    >
      <Head>
        <meta name="robots" content="index" />
        <meta
          name="description"
          content={`Create an account at ${settings.appName}: choose a username and a password, and fill in your profile.`}
        />
      </Head>
      {await firstAdmin.isAwaited() && <FirstAdminHint />}
      {closed === undefined
        ? (
          <RegisterForm
            values={values}
            errors={errors}
            problem={problem}
            trap={<TrapField />}
            email={
              <EmailCheck
                value={values.email}
                error={errors.email}
                secret={settings.emailVerification === "required"}
              />
            }
            password={
              <PasswordStrength
                label={registerForm.password.label}
                minLength={settings.passwordMinLength}
                userInputs={[settings.appName]}
                error={errors.password}
              />
            }
          />
        )
        : (
          <>
            <Alert kind="info">{RULES[closed]}</Alert>
            <a class="btn btn-primary" href="/login">Sign in</a>
          </>
        )}
    </AuthCard>
  );
});
