import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { Backups } from "@/components/Backups.tsx";
import { Services as ServiceStates } from "@/components/Dashboard.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { LimitsTable, SettingsTable } from "@/components/SettingsTables.tsx";
import type { UserActor } from "@/lib/domain/actor.ts";
import { endAllSessions } from "@/lib/domain/accounts/sessions.ts";
import { requestBackup } from "@/lib/domain/operation/backups.ts";
import { sendTestEmail, viewSettings } from "@/lib/domain/operation/settings_page.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { FlashCode } from "@/lib/shared/flash.ts";
import type { SettingsView } from "@/lib/shared/operation_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { requireChange } from "@/lib/web/require_form.ts";

interface SettingsPage extends FormView {
  readonly view: SettingsView;
}

/** Does what a button of the page asks for. */
async function press(
  ctx: SignedInContext,
  work: (services: Services, actor: UserActor) => Promise<FlashCode>,
) {
  const { services, actor } = ctx.state;
  const answer = await onForm(ctx, async () => {
    await requireChange(ctx, {});
    return done(ctx, { flash: await work(services, actor), location: "/settings" });
  });
  if (answer instanceof Response) return answer;
  return { ...answer, data: { ...answer.data, view: await viewSettings(services, actor) } };
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const view = await viewSettings(services, actor);
    return wantsHtml(ctx.req) ? page<SettingsPage>({ ...EMPTY_FORM, view }) : Response.json(view);
  },
  POST: (ctx) =>
    press(ctx, async (...by) => `send_test_email.${await sendTestEmail(...by)}` as const),
  PUT: (ctx) =>
    press(ctx, async (...by) => `request_backup.${await requestBackup(...by)}` as const),
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
      <ServiceStates services={view.services} />
    </div>
    <Backups view={view.backups} viewer_id={state.viewer.user_id} />
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
