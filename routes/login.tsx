import { page, type PageResponse } from "fresh";
import { Head } from "fresh/runtime";
import { AuthCard } from "@/components/AuthCard.tsx";
import { FirstAdminHint } from "@/components/FirstAdminHint.tsx";
import { KeptForm } from "@/components/KeptForm.tsx";
import { LoginForm } from "@/components/LoginForm.tsx";
import { TwoFactorForm } from "@/components/TwoFactorForm.tsx";
import { passkeyOrigin } from "@/lib/domain/accounts/passkey_proof.ts";
import { findSecondStep, type SecondStep } from "@/lib/domain/accounts/second_step.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { signIn } from "@/lib/domain/accounts/sign_in.ts";
import type { FlashCode } from "@/lib/shared/flash.ts";
import { parseForm, type Texts } from "@/lib/shared/form.ts";
import { CHALLENGE_MINUTES } from "@/lib/shared/one_time.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { loginForm } from "@/lib/shared/sign_in_forms.ts";
import { onForm, refused, valuesOf, wantsHtml } from "@/lib/web/answer.ts";
import { setCookie } from "@/lib/web/cookies.ts";
import { define, type RequestContext } from "@/lib/web/define.ts";
import { SecondPasskey } from "@/lib/web/passkey_buttons.tsx";
import { answerSignedIn, type SignInView } from "@/lib/web/signed_in.ts";

interface LoginView extends SignInView {
  /** The second step, for a sign-in that a form waits for. */
  readonly step?: SecondStep | undefined;
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
      const opened = await signIn(services, actor, form.value);
      return opened.kind === "session"
        ? answerSignedIn(ctx, texts, opened)
        : await leadToSecondStep(ctx, texts, opened.token);
    }),
});

/** The password was right, but opens nothing yet. */
async function leadToSecondStep(
  ctx: RequestContext,
  texts: Texts,
  token: string,
): Promise<Response | PageResponse<LoginView>> {
  const seconds = CHALLENGE_MINUTES * 60;
  const cookie = setCookie(ctx.state.services.settings, "challenge", token, seconds);
  const headers = { "set-cookie": cookie };
  if (!wantsHtml(ctx.req)) {
    const message = "Send the code of your authenticator, or a recovery code, to /two_factor";
    const body = { message, code: "second_factor_required", next: "/two_factor" };
    return Response.json(body, { status: 202, headers });
  }
  // The form that waits is too long for an address.
  if (texts.has("kept")) {
    const step = await findSecondStep(ctx.state.services, token);
    return page<LoginView>({ values: valuesOf(texts), errors: {}, step }, { headers });
  }
  const query = new URLSearchParams(
    ["next", "stay"].flatMap((name) => texts.has(name) ? [[name, texts.get(name)!]] : []),
  );
  const location = query.size === 0 ? "/two_factor" : `/two_factor?${query}`;
  return new Response(null, { status: 303, headers: { ...headers, location } });
}

export default define.page<typeof handler>(async ({ data, state, url }) => {
  const { colorMode, flash, services: { settings, firstAdmin } } = state;
  const { values, errors, problem } = data;
  const kept = "kept" in data ? data.kept : undefined;
  const step = "step" in data ? data.step : undefined;
  return (
    <AuthCard
      title={kept ? "Welcome back" : step ? "Two-factor sign-in" : "Sign in"}
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
      {kept ? <KeptForm kept={kept} /> : step
        ? (
          <TwoFactorForm
            values={values}
            errors={{}}
            passkey={step.passkey && <SecondPasskey settings={settings} values={values} />}
          />
        )
        : (
          <LoginForm
            values={values}
            errors={errors}
            problem={problem}
            canRegister={settings.registration === "open"}
            hasPasskeys={passkeyOrigin(settings) !== undefined}
          />
        )}
    </AuthCard>
  );
});
