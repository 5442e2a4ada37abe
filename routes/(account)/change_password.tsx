import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { ChangePasswordForm } from "@/components/ChangePasswordForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import PasswordStrength from "@/islands/PasswordStrength.tsx";
import { changePassword, hasOwnPassword } from "@/lib/domain/accounts/change_password.ts";
import { authorisePage } from "@/lib/domain/authorise.ts";
import { changePasswordForm, resetPasswordForm } from "@/lib/shared/sign_in_forms.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused } from "@/lib/web/answer.ts";
import { newSessionCookies } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { parseChange } from "@/lib/web/require_form.ts";

async function POST(ctx: SignedInContext): Promise<Response | PageResponse<FormView>> {
  return await onForm(ctx, async (texts) => {
    const { services, actor } = ctx.state;
    const hasPassword = await hasOwnPassword(services, actor);
    const form = await parseChange(ctx, hasPassword ? changePasswordForm : resetPasswordForm);
    const outcome = await changePassword(services, actor, form);
    if (!outcome.ok) return refused(ctx, outcome, texts);
    return done(ctx, {
      flash: "change_password",
      location: "/profile",
      cookies: newSessionCookies(ctx.state, outcome.value),
    });
  });
}

export const handler = defineSignedIn.handlers({
  GET: async ({ state: { services, actor } }) => {
    await authorisePage(services.db, actor, "change_password", actor.userId);
    return page(EMPTY_FORM);
  },
  POST,
});

export default defineSignedIn.page<typeof handler>(async ({ data: { errors, problem }, state }) => {
  const { viewer, actor, services } = state;
  const { settings } = services;
  const hasPassword = await hasOwnPassword(services, actor);
  return (
    <>
      <PageHeader title={hasPassword ? "Change password" : "Set a password"} />
      {problem && <Alert kind="error">{problem}</Alert>}
      <ChangePasswordForm
        errors={errors}
        username={viewer.username}
        viewer_id={viewer.user_id}
        hasPassword={hasPassword}
        password={
          <PasswordStrength
            label={changePasswordForm.password.label}
            minLength={settings.passwordMinLength}
            error={errors.password}
            userInputs={[settings.appName, viewer.username, viewer.full_name]}
          />
        }
      />
    </>
  );
});
