import { page, type PageResponse } from "fresh";
import { KeptForm } from "@/components/KeptForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { StepUpForm } from "@/components/StepUpForm.tsx";
import { askForProof, type ProofWays, proofWaysOf, stepUp } from "@/lib/domain/accounts/proof.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { passkeyForm, stepUpForm } from "@/lib/shared/sign_in_forms.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { sessionCookie } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readKept } from "@/lib/web/kept_request.ts";
import { ProofPasskey } from "@/lib/web/passkey_buttons.tsx";
import { readChange } from "@/lib/web/require_form.ts";
import { safePath } from "@/lib/web/safe_path.ts";
import { answerSignedIn, type SignInView } from "@/lib/web/signed_in.ts";
import { parseForm } from "@/lib/shared/form.ts";

interface StepUpView extends SignInView {
  readonly ways?: ProofWays;
}

const HOME = "/security";

const NO_WAYS: ProofWays = { password: false, code: false, passkey: false };

const proofForm = { ...stepUpForm, ...passkeyForm };

async function POST(ctx: SignedInContext): Promise<Response | PageResponse<StepUpView>> {
  const { services, actor } = ctx.state;
  const answer = await onForm<SignInView>(ctx, async (texts) => {
    await readChange(ctx, [...Object.keys(proofForm), "kept", "kept_path"]);
    if (texts.get("credential") === "") return Response.json(await askForProof(services, actor));
    const form = parseForm(proofForm, texts);
    if (!form.ok) return refused(ctx, refuse(form.errors), texts);
    const { password = "", code = "", credential } = form.value;
    const kept = readKept(texts, actor.userId);
    const outcome = await stepUp(services, actor, {
      password,
      code,
      credential,
      leadsTo: kept?.path ?? pathOf(texts.get("next")),
    });
    if (!outcome.ok) return refused(ctx, outcome, texts);
    if (outcome.value.kind === "other_user") {
      // Neither the form nor the page that waits is the other user's.
      return answerSignedIn(ctx, new Map(), outcome.value.session);
    }
    const cookie = sessionCookie(ctx.state, outcome.value.token);
    if (kept && wantsHtml(ctx.req)) {
      return page({ ...EMPTY_FORM, kept }, { headers: { "set-cookie": cookie } });
    }
    return done(ctx, {
      flash: "step_up",
      location: safePath(texts.get("next"), HOME),
      cookies: [cookie],
    });
  });
  return await withWays(ctx, answer);
}

/** The path that a proof leads to. Empty if the client does not say, as scripts need not. */
function pathOf(next: string | undefined): string {
  return next === undefined ? "" : safePath(next, HOME).replace(/[?#].*/, "");
}

async function withWays(
  ctx: SignedInContext,
  answer: Response | PageResponse<SignInView | FormView>,
): Promise<Response | PageResponse<StepUpView>> {
  if (answer instanceof Response) return answer;
  const { services, actor } = ctx.state;
  return { ...answer, data: { ...answer.data, ways: await proofWaysOf(services, actor) } };
}

export const handler = defineSignedIn.handlers({
  GET: (ctx) => {
    const next = ctx.url.searchParams.get("next");
    const values = next === null ? {} : { next };
    return withWays(ctx, page<FormView>({ values, errors: {} }));
  },
  POST,
});

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer, services } }) => {
  const { values, errors, problem, kept, ways = NO_WAYS } = data;
  if (kept) {
    return (
      <>
        <PageHeader title="Thank you" />
        <div class="card card-body form-narrow">
          <KeptForm kept={kept} lead="You have confirmed that it is you." />
        </div>
      </>
    );
  }
  return (
    <StepUpForm
      ways={ways}
      passkey={ways.passkey && (
        <ProofPasskey settings={services.settings} values={values} viewer_id={viewer.user_id} />
      )}
      values={values}
      errors={errors}
      problem={problem}
      viewer_id={viewer.user_id}
      username={viewer.username}
    />
  );
});
