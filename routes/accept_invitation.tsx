import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { Field } from "@/components/Field.tsx";
import { RegisterForm } from "@/components/RegisterForm.tsx";
import PasswordStrength from "@/islands/PasswordStrength.tsx";
import { acceptInvitation, viewInvitation } from "@/lib/domain/accounts/accept_invitation.ts";
import { parseForm, type Texts } from "@/lib/shared/form.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { acceptInvitationForm, registerForm } from "@/lib/shared/sign_in_forms.ts";
import type { OwnInvitationView } from "@/lib/shared/account_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import {
  clearCookie,
  newSessionCookies,
  readCookies,
  redirectWithToken,
} from "@/lib/web/cookies.ts";
import { define, type RequestContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { NO_TOKEN } from "@/lib/web/link_route.tsx";

interface AcceptView extends FormView {
  /** Absent if it cannot be accepted. */
  readonly invitation?: OwnInvitationView;
}

type AcceptAnswer = Response | PageResponse<AcceptView>;

export const handler = define.handlers({
  GET: async (ctx): Promise<AcceptAnswer> => {
    const { settings } = ctx.state.services;
    const token = ctx.url.searchParams.get("token");
    if (token !== null) return redirectWithToken(settings, "invitation", token);
    const hasToken = readCookies(settings, ctx.req.headers).invitation !== undefined;
    if (!hasToken) return page<AcceptView>({ ...EMPTY_FORM, problem: NO_TOKEN });
    return await onForm<AcceptView>(ctx, () => formPage(ctx, page(EMPTY_FORM)));
  },
  POST: async (ctx): Promise<AcceptAnswer> => {
    const answer = await onForm<AcceptView>(ctx, (texts) => accept(ctx, texts));
    if (answer instanceof Response || answer.data.problem !== undefined) return answer;
    return await onForm<AcceptView>(ctx, () => formPage(ctx, answer));
  },
});

async function accept(ctx: RequestContext, texts: Texts): Promise<AcceptAnswer> {
  const { services, source, viewer } = ctx.state;
  const { settings } = services;
  // Scripts start a session at /login, and a signed-in user keeps theirs.
  const outcome = await acceptInvitation(services, { kind: "anonymous", source }, {
    token: tokenOf(ctx, texts),
    form: parseForm(acceptInvitationForm, texts),
    session: wantsHtml(ctx.req) && !viewer ? "begin" : "none",
  });
  if (!outcome.ok) return refused(ctx, outcome, texts);
  const { user_id, username: name, role, session } = outcome.value;
  return done(ctx, {
    flash: session
      ? "accept_invitation.own"
      : viewer
      ? "accept_invitation.other"
      : "accept_invitation.may_sign_in",
    name,
    location: homeOf(session ? role : viewer?.role),
    status: 201,
    data: { user_id, role },
    cookies: [
      ...(session ? newSessionCookies(ctx.state, session) : []),
      clearCookie(settings, "invitation"),
    ],
  });
}

function tokenOf(ctx: RequestContext, texts: Texts): string {
  const { invitation = "" } = readCookies(ctx.state.services.settings, ctx.req.headers);
  return texts.get("token") ?? invitation;
}

/** Adds the invitation to the form. */
async function formPage(
  ctx: RequestContext,
  form: PageResponse<FormView>,
): Promise<PageResponse<AcceptView>> {
  const token = tokenOf(ctx, (await readInput(ctx)).texts);
  const invitation = await viewInvitation(ctx.state.services, token);
  return { ...form, data: { ...form.data, invitation } };
}

export default define.page<typeof handler>(({ data, state }) => {
  const { colorMode, viewer, services: { settings } } = state;
  const { values, errors, problem, invitation } = data as AcceptView;
  return (
    <AuthCard title="Accept your invitation" colorMode={colorMode} path="/accept_invitation">
      {invitation === undefined
        ? (
          <>
            <Alert kind="error">{problem}</Alert>
            <a class="btn btn-primary" href="/">Continue</a>
          </>
        )
        : (
          <>
            <Alert kind="info">
              {viewer
                ? `You are signed in as ${viewer.username}, and stay so. This makes another account.`
                : `You were invited by ${invitation.invited_by}.`}
            </Alert>
            <RegisterForm
              action="/accept_invitation"
              values={values}
              errors={errors}
              email={
                <Field
                  name="email"
                  field={registerForm.email}
                  value={invitation.email}
                  error={errors.email}
                  control={{ readOnly: true }}
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
          </>
        )}
    </AuthCard>
  );
});
