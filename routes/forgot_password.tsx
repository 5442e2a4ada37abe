import { page } from "fresh";
import { Head } from "fresh/runtime";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { ForgotPasswordForm } from "@/components/ForgotPasswordForm.tsx";
import { refuse } from "@/lib/domain/errors.ts";
import { forgotPassword } from "@/lib/domain/accounts/reset_password.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { addressForm } from "@/lib/shared/sign_in_forms.ts";
import { done, EMPTY_FORM, onForm, refused } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/define.ts";

export const handler = define.handlers({
  GET: () => page(EMPTY_FORM),
  POST: (ctx) =>
    onForm(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const form = parseForm(addressForm, texts);
      if (!form.ok) return refused(ctx, refuse(form.errors), texts);
      await forgotPassword(services, actor, form.value.email);
      return done(ctx, { flash: "forgot_password", location: "/forgot_password" });
    }),
});

export default define.page<typeof handler>(({ data, state: { colorMode, flash } }) => {
  const { values, errors, problem } = data;
  return (
    <AuthCard
      title="Forgotten password"
      flash={flash}
      colorMode={colorMode}
      path="/forgot_password"
    >
      <Head>
        <meta name="robots" content="index" />
      </Head>
      {problem && <Alert kind="error">{problem}</Alert>}
      <ForgotPasswordForm email={values.email} errors={errors} />
    </AuthCard>
  );
});
