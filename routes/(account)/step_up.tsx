import { page, type PageResponse } from "fresh";
import { KeptForm } from "@/components/KeptForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { StepUpForm } from "@/components/StepUpForm.tsx";
import { type ProofKind, proofKindOf, stepUp } from "@/lib/domain/accounts/proof.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { stepUpForm } from "@/lib/shared/user_forms.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { sessionCookie } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readKept } from "@/lib/web/kept_request.ts";
import { readChange } from "@/lib/web/require_form.ts";
import { safePath } from "@/lib/web/safe_path.ts";
import type { SignInView } from "@/lib/web/signed_in.ts";
import { parseForm } from "@/lib/shared/form.ts";

interface StepUpView extends SignInView {
  readonly kind?: ProofKind;
}

async function POST(ctx: SignedInContext): Promise<Response | PageResponse<StepUpView>> {
  const { services, actor } = ctx.state;
  const answer = await onForm<SignInView>(ctx, async (texts) => {
    await readChange(ctx, [...Object.keys(stepUpForm), "kept", "kept_path"]);
    const form = parseForm(stepUpForm, texts);
    if (!form.ok) return refused(ctx, refuse(form.errors), texts);
    const { password = "", code = "" } = form.value;
    const outcome = await stepUp(services, actor, { password, code });
    if (!outcome.ok) return refused(ctx, outcome, texts);
    const cookie = sessionCookie(services.settings, outcome.value.token);
    const kept = readKept(texts, actor.userId);
    if (kept && wantsHtml(ctx.req)) {
      return page({ ...EMPTY_FORM, kept }, { headers: { "set-cookie": cookie } });
    }
    return done(ctx, {
      flash: "step_up",
      location: safePath(texts.get("next"), "/security"),
      cookies: [cookie],
    });
  });
  return await withKind(ctx, answer);
}

async function withKind(
  ctx: SignedInContext,
  answer: Response | PageResponse<SignInView | FormView>,
): Promise<Response | PageResponse<StepUpView>> {
  if (answer instanceof Response) return answer;
  const { services, actor } = ctx.state;
  return { ...answer, data: { ...answer.data, kind: await proofKindOf(services, actor) } };
}

export const handler = defineSignedIn.handlers({
  GET: (ctx) => {
    const next = ctx.url.searchParams.get("next");
    const values = next === null ? {} : { next };
    return withKind(ctx, page<FormView>({ values, errors: {} }));
  },
  POST,
});

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer } }) => {
  const { values, errors, problem, kept, kind = "password" } = data;
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
      kind={kind}
      values={values}
      errors={errors}
      problem={problem}
      viewer_id={viewer.user_id}
      username={viewer.username}
    />
  );
});
