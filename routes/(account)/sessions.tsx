import { page } from "fresh";
import { PageHeader } from "@/components/PageHeader.tsx";
import { EndOtherSessions, SessionList } from "@/components/SessionList.tsx";
import { endOtherSessions, endSession, listOwnSessions } from "@/lib/domain/accounts/sessions.ts";
import { endOthersForm, endSessionForm } from "@/lib/shared/sign_in_forms.ts";
import { done, wantsHtml } from "@/lib/web/answer.ts";
import { clearCookie } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireChange } from "@/lib/web/require_form.ts";

async function DELETE(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  if (texts.has("others")) {
    await requireChange(ctx, endOthersForm);
    await endOtherSessions(services, actor);
    return done(ctx, { flash: "end_other_sessions", location: "/sessions" });
  }
  const { session_id } = await requireChange(ctx, endSessionForm);
  await endSession(services, actor, session_id);
  const isThis = session_id === actor.sessionId;
  return done(ctx, {
    flash: "end_session",
    location: isThis ? "/login" : "/sessions",
    cookies: isThis ? [clearCookie(services.settings, "session")] : [],
  });
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const sessions = await listOwnSessions(services, actor);
    return wantsHtml(ctx.req) ? page(sessions) : Response.json({ sessions });
  },
  DELETE,
});

export default defineSignedIn.page<typeof handler>(({ data: sessions, state }) => {
  const { user_id } = state.viewer;
  return (
    <>
      <PageHeader title="Sessions">
        {sessions.length > 1 && <EndOtherSessions viewer_id={user_id} />}
      </PageHeader>
      <SessionList sessions={sessions} viewer_id={user_id} />
    </>
  );
});
