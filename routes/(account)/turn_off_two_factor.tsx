import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { authorisePage } from "@/lib/domain/authorise.ts";
import { turnOff } from "@/lib/domain/accounts/two_factor.ts";
import { done, EMPTY_FORM, type FormView, onForm } from "@/lib/web/answer.ts";
import { newSessionCookies } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readChange } from "@/lib/web/require_form.ts";

function POST(ctx: SignedInContext): Promise<Response | PageResponse<FormView>> {
  return onForm<FormView>(ctx, async () => {
    const { services, actor } = ctx.state;
    await readChange(ctx, []);
    const session = await turnOff(services, actor);
    return done(ctx, {
      flash: "turn_off_two_factor",
      location: "/security",
      cookies: newSessionCookies(ctx.state, session),
    });
  });
}

export const handler = defineSignedIn.handlers({
  GET: async ({ state: { services, actor } }) => {
    await authorisePage(services.db, actor, "turn_off_two_factor", actor.userId);
    return page(EMPTY_FORM);
  },
  POST,
});

export default defineSignedIn.page<typeof handler>(({ data: { problem }, state: { viewer } }) => (
  <>
    <PageHeader title="Turn off two-factor sign-in" />
    <form class="card card-body form-narrow" method="post" action="/turn_off_two_factor">
      {problem && <Alert kind="error">{problem}</Alert>}
      <HiddenFields values={{ viewer_id: viewer.user_id }} />
      <p>
        After this the password is enough to sign in. Your recovery codes stop working, and your
        other sessions end.
      </p>
      <div class="form-actions">
        <button type="submit" class="btn btn-danger">Turn off</button>
        <a class="btn btn-quiet" href="/security">Cancel</a>
      </div>
    </form>
  </>
));
