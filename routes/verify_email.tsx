import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { ConfirmLinkForm, VerifyEmailForms } from "@/components/VerifyEmailForms.tsx";
import { refuse } from "@/lib/domain/errors.ts";
import {
  sendVerificationAgain,
  type Verified,
  verifyEmail,
  verifyEmailByCode,
} from "@/lib/domain/accounts/verify_email.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { addressForm, verifyCodeForm } from "@/lib/shared/sign_in_forms.ts";
import { done, type FormView, onForm, refused } from "@/lib/web/answer.ts";
import { clearCookie, readCookies, redirectWithToken } from "@/lib/web/cookies.ts";
import { define, type RequestContext } from "@/lib/web/define.ts";

interface VerifyView extends FormView {
  /** Whether a link was opened, so that only a button needs to be pressed. */
  readonly linked?: boolean;
}

export const handler = define.handlers({
  // Programs that look at the links of an e-mail must not use them up: a button does.
  GET: (ctx) => {
    const { settings } = ctx.state.services;
    const token = ctx.url.searchParams.get("token");
    if (token !== null) return redirectWithToken(settings, "verify", token);
    const { verify, verify_address: email = "" } = readCookies(settings, ctx.req.headers);
    return page<VerifyView>({ values: { email }, errors: {}, linked: verify !== undefined });
  },
  POST: (ctx) =>
    onForm<VerifyView>(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      if (texts.has("send_again")) {
        const form = parseForm(addressForm, texts);
        if (!form.ok) return refused(ctx, refuse(form.errors), texts);
        await sendVerificationAgain(services, actor, form.value.email);
        return done(ctx, { flash: "send_verification", location: "/verify_email" });
      }
      if (texts.has("code")) {
        const form = parseForm(verifyCodeForm, texts);
        if (!form.ok) return refused(ctx, refuse(form.errors), texts);
        return verified(ctx, await verifyEmailByCode(services, actor, form.value));
      }
      const cookies = readCookies(services.settings, ctx.req.headers);
      return verified(
        ctx,
        await verifyEmail(services, actor, texts.get("token") ?? cookies.verify ?? ""),
      );
    }),
});

function verified(ctx: RequestContext, { user_id, username: name }: Verified): Response {
  const { viewer, services: { settings } } = ctx.state;
  return done(ctx, {
    flash: viewer && viewer.user_id !== user_id ? "verify_email.other" : "verify_email.own",
    name,
    location: viewer ? homeOf(viewer.role) : "/login",
    cookies: [clearCookie(settings, "verify"), clearCookie(settings, "verify_address")],
  });
}

export default define.page<typeof handler>(({ data, state: { colorMode, flash } }) => {
  const { values, errors, problem } = data;
  return (
    <AuthCard title="Confirm your address" flash={flash} colorMode={colorMode} path="/verify_email">
      {problem && <Alert kind="error">{problem}</Alert>}
      {"linked" in data && data.linked
        ? <ConfirmLinkForm />
        : <VerifyEmailForms email={values.email} errors={errors} />}
    </AuthCard>
  );
});
