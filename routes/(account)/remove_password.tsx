import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { removePassword } from "@/lib/domain/accounts/passkeys.ts";
import { authorisePage } from "@/lib/domain/authorise.ts";
import { done, EMPTY_FORM, type FormView, onForm } from "@/lib/web/answer.ts";
import { newSessionCookies } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readChange } from "@/lib/web/require_form.ts";

function POST(ctx: SignedInContext): Promise<Response | PageResponse<FormView>> {
  return onForm<FormView>(ctx, async () => {
    const { services, actor } = ctx.state;
    await readChange(ctx, []);
    const session = await removePassword(services, actor);
    return done(ctx, {
      flash: "remove_password",
      location: "/security",
      cookies: newSessionCookies(ctx.state, session),
    });
  });
}

export const handler = defineSignedIn.handlers({
  GET: async ({ state: { services, actor } }) => {
    await authorisePage(services.db, actor, "remove_password", actor.userId);
    return page(EMPTY_FORM);
  },
  POST,
});

export default defineSignedIn.page<typeof handler>(({ data: { problem }, state: { viewer } }) => (
  <>
    <PageHeader title="Remove the password" />
    <form class="card card-body form-narrow" method="post" action="/remove_password">
      {problem && <Alert kind="error">{problem}</Alert>}
      <HiddenFields values={{ viewer_id: viewer.user_id }} />
      <p>
        After this only your passkeys sign you in, and nobody can guess or steal a password of
        yours. Your other sessions end.
      </p>
      <p>
        If you lose all your passkeys, you can choose a new password by e-mail.
      </p>
      <div class="form-actions">
        <button type="submit" class="btn btn-danger">Remove password</button>
        <a class="btn btn-quiet" href="/security">Cancel</a>
      </div>
    </form>
  </>
));
