import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { Services } from "@/components/Dashboard.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { LimitsTable, SettingsTable } from "@/components/SettingsTables.tsx";
import { endAllSessions } from "@/lib/domain/accounts/sessions.ts";
import { sendTestEmail, viewSettings } from "@/lib/domain/operation/settings_page.ts";
import type { SettingsView } from "@/lib/shared/operation_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { requireChange } from "@/lib/web/require_form.ts";

interface SettingsPage extends FormView {
  readonly view: SettingsView;
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const view = await viewSettings(services, actor);
    return wantsHtml(ctx.req) ? page<SettingsPage>({ ...EMPTY_FORM, view }) : Response.json(view);
  },
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    const answer = await onForm(ctx, async () => {
      await requireChange(ctx, {});
      const went = await sendTestEmail(services, actor);
      return done(ctx, { flash: `send_test_email.${went}`, location: "/settings" });
    });
    if (answer instanceof Response) return answer;
    return { ...answer, data: { ...answer.data, view: await viewSettings(services, actor) } };
  },
  DELETE: async (ctx) => {
    const { services, actor } = ctx.state;
    await requireChange(ctx, {});
    await endAllSessions(services, actor);
    return done(ctx, { flash: "end_all_sessions", location: "/settings" });
  },
});

export default defineSignedIn.page<typeof handler>(({ data: { view, problem }, state }) => (
  <>
    <PageHeader title="Settings">
      <form method="post" action="/settings">
        <HiddenFields values={{ viewer_id: state.viewer.user_id }} />
        <button type="submit" class="btn btn-quiet">Send me a test e-mail</button>
      </form>
    </PageHeader>
    {problem && <Alert kind="error">{problem}</Alert>}
    <p>
      They are read when the server starts, from its environment and the file{" "}
      <code>.env</code>. Secrets are never shown.
    </p>
    <div class="mb-card">
      <Services services={view.services} />
    </div>
    <SettingsTable settings={view.settings} />
    <LimitsTable limits={view.limits} />
    <details class="card card-body">
      <summary>End all sessions</summary>
      <p>
        Everybody but you is signed out, in all browsers. API keys go on working, and trusted
        browsers stay trusted.
      </p>
      <form class="form-actions mt-0" method="post" action="/settings">
        <HiddenFields values={{ _method: "DELETE", viewer_id: state.viewer.user_id }} />
        <button type="submit" class="btn btn-danger">End all sessions but mine</button>
      </form>
    </details>
  </>
));
