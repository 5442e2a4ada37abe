import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { KeptForm } from "@/components/KeptForm.tsx";
import PasskeyButton from "@/islands/PasskeyButton.tsx";
import { passkeyOrigin } from "@/lib/domain/accounts/passkey_proof.ts";
import { beginPasskeySignIn, signInByPasskey } from "@/lib/domain/accounts/passkey_sign_in.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { PASSKEY_MINUTES } from "@/lib/shared/one_time.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { passkeyForm } from "@/lib/shared/sign_in_forms.ts";
import { onForm } from "@/lib/web/answer.ts";
import { clearCookie, readCookies, setCookie } from "@/lib/web/cookies.ts";
import { define, type VisitorContext } from "@/lib/web/define.ts";
import { requireForm } from "@/lib/web/require_form.ts";
import { answerSignedIn, type SignInView } from "@/lib/web/signed_in.ts";

export const handler = define.handlers({
  GET: (ctx) => {
    const { viewer, services: { settings } } = ctx.state;
    if (viewer) return ctx.redirect(homeOf(viewer.role));
    if (!passkeyOrigin(settings)) throw new DomainError("passkeys_not_offered");
    const next = ctx.url.searchParams.get("next");
    return page<SignInView>({ values: next === null ? {} : { next }, errors: {} });
  },
  POST: (ctx) =>
    onForm<SignInView>(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const { credential } = requireForm(passkeyForm, texts);
      const browser = readCookies(services.settings, ctx.req.headers).passkey;
      if (credential === "") return await begin(ctx, browser);
      const signedIn = await signInByPasskey(services, actor, browser ?? "", credential);
      return answerSignedIn(ctx, texts, signedIn, [clearCookie(services.settings, "passkey")]);
    }),
});

/** Says what a passkey has to sign. The cookie names the browser that may answer. */
async function begin(
  { state: { services, actor } }: VisitorContext,
  known: string | undefined,
): Promise<Response> {
  const { request, browser } = await beginPasskeySignIn(services, actor, known);
  const cookie = setCookie(services.settings, "passkey", browser, PASSKEY_MINUTES * 60);
  return Response.json(request, { headers: { "set-cookie": cookie } });
}

export default define.page<typeof handler>(({ data, state: { colorMode, services } }) => {
  const { values: { next }, problem } = data;
  const kept = "kept" in data ? data.kept : undefined;
  const origin = passkeyOrigin(services.settings);
  return (
    <AuthCard
      title={kept ? "Welcome back" : "Sign in with a passkey"}
      colorMode={colorMode}
      path="/passkey_login"
    >
      {problem && <Alert kind="error">{problem}</Alert>}
      {kept ? <KeptForm kept={kept} /> : (
        <>
          <p class="text-body-secondary">
            Your device asks for your fingerprint, your face or its PIN. You need no name and no
            password.
          </p>
          {origin && (
            <PasskeyButton
              path="/passkey_login"
              task="use"
              label="Choose a passkey"
              look="btn-primary"
              origin={origin}
              fields={{ next }}
              {...(problem === undefined && { starts: true })}
            />
          )}
          <p class="auth-aside">
            <a href={next === undefined ? "/login" : `/login?${new URLSearchParams({ next })}`}>
              Use your password instead
            </a>
          </p>
        </>
      )}
    </AuthCard>
  );
});
