import { page } from "fresh";
import { Head } from "fresh/runtime";
import { AuthCard } from "@/components/AuthCard.tsx";
import { FirstAdminHint } from "@/components/FirstAdminHint.tsx";
import { KeptForm } from "@/components/KeptForm.tsx";
import { LoginForm } from "@/components/LoginForm.tsx";
import { refuse } from "@/lib/domain/errors.ts";
import { signIn } from "@/lib/domain/accounts/sign_in.ts";
import type { FlashCode } from "@/lib/shared/flash.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { loginForm } from "@/lib/shared/user_forms.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { sessionCookie } from "@/lib/web/cookies.ts";
import { define } from "@/lib/web/define.ts";
import { type KeptRequest, readKept } from "@/lib/web/kept_request.ts";
import { safePath } from "@/lib/web/safe_path.ts";

interface LoginView extends FormView {
  /** The form that waited for the sign-in. */
  readonly kept?: KeptRequest;
}

/** Messages after which the sign-in form contains the user's name. */
const NEWCOMERS: ReadonlySet<FlashCode> = new Set([
  "register.may_sign_in",
  "register.must_verify",
  "verify_email.own",
  "reset_password",
]);

export const handler = define.handlers({
  GET: (ctx) => {
    const { viewer, flash } = ctx.state;
    if (viewer) return ctx.redirect(homeOf(viewer.role));
    const next = ctx.url.searchParams.get("next");
    const values = {
      ...(next !== null && { next }),
      ...(flash?.name !== undefined && NEWCOMERS.has(flash.code) && { username: flash.name }),
    };
    return page<LoginView>({ values, errors: {} });
  },
  POST: (ctx) =>
    onForm<LoginView>(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const form = parseForm(loginForm, texts);
      if (!form.ok) return refused(ctx, refuse(form.errors), texts);
      const { token, userId, role } = await signIn(services, actor, form.value);
      const cookie = sessionCookie(services.settings, token);
      const kept = readKept(texts, userId);
      if (kept && wantsHtml(ctx.req)) {
        return page({ ...EMPTY_FORM, kept }, { headers: { "set-cookie": cookie } });
      }
      return done(ctx, {
        flash: "sign_in",
        location: safePath(texts.get("next"), homeOf(role)),
        data: { user_id: userId, role },
        cookies: [cookie],
      });
    }),
});

export default define.page<typeof handler>(async ({ data, state, url }) => {
  const { colorMode, flash, services: { settings, firstAdmin } } = state;
  const { values, errors, problem } = data;
  const kept = "kept" in data ? data.kept : undefined;
  return (
    <AuthCard
      title={kept ? "Welcome back" : "Sign in"}
      flash={flash}
      colorMode={colorMode}
      path={url.pathname + url.search}
    >
      <Head>
        <meta name="robots" content="index" />
        <meta
          name="description"
          content={`Sign in to your ${settings.appName} account with your username or e-mail address.`}
        />
      </Head>
      {await firstAdmin.isAwaited() && <FirstAdminHint />}
      {kept ? <KeptForm kept={kept} /> : (
        <LoginForm
          values={values}
          errors={errors}
          problem={problem}
          canRegister={settings.registration === "open"}
        />
      )}
    </AuthCard>
  );
});
