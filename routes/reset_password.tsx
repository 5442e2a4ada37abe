import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { ResetPasswordForm } from "@/components/ResetPasswordForm.tsx";
import PasswordStrength from "@/islands/PasswordStrength.tsx";
import { apiKeysOfLink, resetPassword } from "@/lib/domain/accounts/reset_password.ts";
import { signOut } from "@/lib/domain/accounts/sign_in.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { resetForm } from "@/lib/shared/sign_in_forms.ts";
import { done, type FormView, onForm, refused } from "@/lib/web/answer.ts";
import { clearCookie, readCookies, redirectWithToken } from "@/lib/web/cookies.ts";
import { define, type VisitorContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { NO_TOKEN } from "@/lib/web/link_route.tsx";

interface ResetPage extends FormView {
  readonly apiKeys: readonly string[];
}

/** The keys of a thief must not outlive a reset because their owner overlooked a box. */
const UNFILLED: FormView = { values: { end_api_keys: "1" }, errors: {} };

function tokenOf({ req, state }: VisitorContext): string {
  return readCookies(state.services.settings, req.headers).reset ?? "";
}

/** Adds the names of the API keys that may end, too. */
async function resetPage(
  { state: { services } }: VisitorContext,
  form: PageResponse<FormView>,
  token: string,
): Promise<PageResponse<ResetPage>> {
  return { ...form, data: { ...form.data, apiKeys: await apiKeysOfLink(services, token) } };
}

async function POST(ctx: VisitorContext): Promise<Response | PageResponse<ResetPage>> {
  const { services, actor } = ctx.state;
  const { settings } = services;
  const { texts } = await readInput(ctx);
  const token = texts.get("token") ?? tokenOf(ctx);
  const form = await onForm(ctx, async () => {
    const outcome = await resetPassword(services, actor, token, parseForm(resetForm, texts));
    if (!outcome.ok) return refused(ctx, outcome, texts);
    // Somebody else may be signed in here. The new password has to be typed in any case.
    if (actor.kind === "user") await signOut(services, actor);
    return done(ctx, {
      flash: "reset_password",
      name: outcome.value.username,
      location: "/login",
      cookies: [clearCookie(settings, "reset"), clearCookie(settings, "session")],
    });
  });
  return form instanceof Response ? form : await resetPage(ctx, form, token);
}

export const handler = define.handlers({
  GET: async (ctx) => {
    const { settings } = ctx.state.services;
    const token = ctx.url.searchParams.get("token");
    if (token !== null) return redirectWithToken(settings, "reset", token);
    const kept = tokenOf(ctx);
    const form = kept === "" ? { ...UNFILLED, problem: NO_TOKEN } : UNFILLED;
    return await resetPage(ctx, page(form), kept);
  },
  POST,
});

export default define.page<typeof handler>(({ data, state }) => {
  const { errors, values, problem, apiKeys } = data;
  const { colorMode, services: { settings } } = state;
  return (
    <AuthCard title="Choose a new password" colorMode={colorMode} path="/reset_password">
      {problem
        ? (
          <>
            <Alert kind="error">{problem}</Alert>
            <a class="btn btn-primary" href="/forgot_password">Ask for a new link</a>
          </>
        )
        : (
          <ResetPasswordForm
            errors={errors}
            apiKeys={apiKeys}
            endApiKeys={values.end_api_keys === "1"}
            password={
              <PasswordStrength
                label={resetForm.password.label}
                minLength={settings.passwordMinLength}
                userInputs={[settings.appName]}
                error={errors.password}
              />
            }
          />
        )}
    </AuthCard>
  );
});
