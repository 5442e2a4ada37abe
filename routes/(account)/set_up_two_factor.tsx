import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { QrCode } from "@/components/QrCode.tsx";
import { RecoveryCodes } from "@/components/RecoveryCodes.tsx";
import { BeginButton } from "@/components/SecurityCards.tsx";
import { SetUpTwoFactor } from "@/components/SetUpTwoFactor.tsx";
import RecoveryCodeTools from "@/islands/RecoveryCodeTools.tsx";
import { authorisePage } from "@/lib/domain/authorise.ts";
import {
  beginSetup,
  finishSetup,
  type NewAuthenticator,
  readSetup,
} from "@/lib/domain/accounts/two_factor.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { setUpForm } from "@/lib/shared/sign_in_forms.ts";
import { EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { newSessionCookies } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { drawQrCode } from "@/lib/web/qr_code.ts";
import { parseChange, readChange } from "@/lib/web/require_form.ts";

interface SetUpView extends FormView {
  /** Absent unless a setup was begun. */
  readonly authenticator?: NewAuthenticator | undefined;
  /** The first recovery codes, once the setup is done. */
  readonly codes?: readonly string[];
}

async function POST(ctx: SignedInContext): Promise<Response | PageResponse<SetUpView>> {
  const answer = await onForm<SetUpView>(ctx, async (texts) => {
    const { services, actor } = ctx.state;
    if (!texts.has("code")) {
      await readChange(ctx, []);
      await beginSetup(services, actor);
      if (!wantsHtml(ctx.req)) return Response.json(await readSetup(services, actor));
      return ctx.redirect("/set_up_two_factor", 303);
    }
    const form = await parseChange(ctx, setUpForm);
    if (!form.ok) return refused(ctx, refuse(form.errors), texts);
    const outcome = await finishSetup(services, actor, form.value.code);
    if (!outcome.ok) return refused(ctx, outcome, texts);
    const { codes, session } = outcome.value;
    const headers = new Headers();
    for (const cookie of newSessionCookies(ctx.state, session)) {
      headers.append("set-cookie", cookie);
    }
    return wantsHtml(ctx.req)
      ? page<SetUpView>({ ...EMPTY_FORM, codes }, { headers })
      : Response.json({ recovery_codes: codes }, { headers });
  });
  return answer instanceof Response || "codes" in answer.data
    ? answer
    : await withAuthenticator(ctx, answer);
}

async function withAuthenticator(
  ctx: SignedInContext,
  answer: PageResponse<FormView>,
): Promise<PageResponse<SetUpView>> {
  const authenticator = await readSetup(ctx.state.services, ctx.state.actor);
  return { ...answer, data: { ...answer.data, authenticator } };
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    await authorisePage(services.db, actor, "turn_on_two_factor", actor.userId);
    return await withAuthenticator(ctx, page<FormView>(EMPTY_FORM));
  },
  POST,
});

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer } }) => {
  const { errors, problem, authenticator, codes } = data;
  if (codes) {
    return (
      <RecoveryCodes
        codes={codes}
        viewer_id={viewer.user_id}
        tools={<RecoveryCodeTools codes={codes} />}
      >
        Two-factor sign-in is on, and your other sessions are ended.
      </RecoveryCodes>
    );
  }
  return (
    <>
      <PageHeader title="Set up an authenticator" />
      <div class="card card-body form-narrow">
        {problem && <Alert kind="error">{problem}</Alert>}
        {authenticator
          ? (
            <SetUpTwoFactor
              {...authenticator}
              picture={
                <QrCode {...drawQrCode(authenticator.uri)} label="QR code for the authenticator" />
              }
              error={errors.code}
              viewer_id={viewer.user_id}
            />
          )
          : <BeginButton viewer_id={viewer.user_id} label="Begin" look="btn-primary" />}
      </div>
    </>
  );
});
