import { page, type PageResponse } from "fresh";
import { AuthCard } from "@/components/AuthCard.tsx";
import { KeptForm } from "@/components/KeptForm.tsx";
import { TwoFactorForm } from "@/components/TwoFactorForm.tsx";
import {
  askForSecondPasskey,
  findSecondStep,
  passSecondStep,
  type SecondAnswer,
  type SecondStep,
} from "@/lib/domain/accounts/second_step.ts";
import { DomainError, refuse } from "@/lib/domain/errors.ts";
import { parseForm, type Texts } from "@/lib/shared/form.ts";
import { passkeyForm, twoFactorForm } from "@/lib/shared/sign_in_forms.ts";
import { type FormView, onForm, refused } from "@/lib/web/answer.ts";
import { clearCookie, readCookies } from "@/lib/web/cookies.ts";
import { define, type RequestContext } from "@/lib/web/define.ts";
import { SecondPasskey } from "@/lib/web/passkey_buttons.tsx";
import { requireForm } from "@/lib/web/require_form.ts";
import { answerSignedIn, type SignInView } from "@/lib/web/signed_in.ts";

interface SecondStepView extends SignInView {
  readonly step?: SecondStep | undefined;
}

export const handler = define.handlers({
  GET: async (ctx) => {
    const step = await findSecondStep(ctx.state.services, challengeOf(ctx));
    // Without a right password there is nothing to confirm.
    if (!step) throw new DomainError("not_signed_in");
    const values = Object.fromEntries(ctx.url.searchParams);
    return page<SecondStepView>({ values, errors: {}, step });
  },
  POST: async (ctx) => {
    const answer = await onForm<SignInView>(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const token = challengeOf(ctx);
      if (texts.get("credential") === "") {
        return Response.json(await askForSecondPasskey(services, actor, token));
      }
      const given = readAnswer(texts);
      if ("errors" in given) return refused(ctx, given, texts);
      const done = await passSecondStep(services, actor, token, given);
      return answerSignedIn(ctx, texts, done, [clearCookie(services.settings, "challenge")]);
    });
    return await withStep(ctx, answer);
  },
});

function readAnswer(texts: Texts): SecondAnswer | ReturnType<typeof refuse> {
  if (texts.has("credential")) return requireForm(passkeyForm, texts);
  const form = parseForm(twoFactorForm, texts);
  return form.ok ? form.value : refuse(form.errors);
}

/** Adds what the page of a refused answer needs to offer again. */
async function withStep(
  ctx: RequestContext,
  answer: Response | PageResponse<SignInView | FormView>,
): Promise<Response | PageResponse<SecondStepView>> {
  if (answer instanceof Response) return answer;
  const step = await findSecondStep(ctx.state.services, challengeOf(ctx));
  return { ...answer, data: { ...answer.data, step } };
}

function challengeOf({ req, state }: RequestContext): string {
  return readCookies(state.services.settings, req.headers).challenge ?? "";
}

export default define.page<typeof handler>(({ data, state: { colorMode, services } }) => {
  const { values, errors, problem, step, kept } = data;
  return (
    <AuthCard
      title={kept ? "Welcome back" : "Two-factor sign-in"}
      colorMode={colorMode}
      path="/two_factor"
    >
      {kept ? <KeptForm kept={kept} /> : (
        <TwoFactorForm
          values={values}
          errors={errors}
          problem={problem}
          passkey={step?.passkey && <SecondPasskey settings={services.settings} values={values} />}
        />
      )}
    </AuthCard>
  );
});
