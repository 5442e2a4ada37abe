import { page } from "fresh";
import { AuthCard } from "@/components/AuthCard.tsx";
import { KeptForm } from "@/components/KeptForm.tsx";
import { TwoFactorForm } from "@/components/TwoFactorForm.tsx";
import { isChallenge, passSecondStep } from "@/lib/domain/accounts/second_step.ts";
import { DomainError, refuse } from "@/lib/domain/errors.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { twoFactorForm } from "@/lib/shared/user_forms.ts";
import { onForm, refused } from "@/lib/web/answer.ts";
import { clearCookie, readCookies } from "@/lib/web/cookies.ts";
import { define, type RequestContext } from "@/lib/web/define.ts";
import { answerSignedIn, type SignInView } from "@/lib/web/signed_in.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const { services } = ctx.state;
    // Without a right password there is nothing to confirm.
    if (!await isChallenge(services, challengeOf(ctx))) throw new DomainError("not_signed_in");
    const { searchParams } = ctx.url;
    return page<SignInView>({ values: Object.fromEntries(searchParams), errors: {} });
  },
  POST: (ctx) =>
    onForm<SignInView>(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const form = parseForm(twoFactorForm, texts);
      if (!form.ok) return refused(ctx, refuse(form.errors), texts);
      const done = await passSecondStep(services, actor, challengeOf(ctx), form.value.code);
      return answerSignedIn(ctx, texts, done, [clearCookie(services.settings, "challenge")]);
    }),
});

function challengeOf({ req, state }: RequestContext): string {
  return readCookies(state.services.settings, req.headers).challenge ?? "";
}

export default define.page<typeof handler>(({ data, state: { colorMode } }) => {
  const { values, errors, problem } = data;
  const kept = "kept" in data ? data.kept : undefined;
  return (
    <AuthCard
      title={kept ? "Welcome back" : "Two-factor sign-in"}
      colorMode={colorMode}
      path="/two_factor"
    >
      {kept
        ? <KeptForm kept={kept} />
        : <TwoFactorForm values={values} errors={errors} problem={problem} />}
    </AuthCard>
  );
});
