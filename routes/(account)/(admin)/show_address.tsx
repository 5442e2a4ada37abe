import { page } from "fresh";
import { Name } from "@/components/Name.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { showAddress } from "@/lib/domain/users/show_address.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import { displayName, userPath } from "@/lib/shared/users.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { requireChange } from "@/lib/web/require_form.ts";

export const handler = defineSignedIn.handlers({
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    const { user_id } = await requireChange(ctx, userIdForm);
    const shown = await showAddress(services, actor, user_id);
    // Without a redirect: the page of a URL would show it again, and not be in the trail.
    return wantsHtml(ctx.req) ? page(shown) : Response.json(shown);
  },
});

export default defineSignedIn.page<typeof handler>(({ data: { email, new_email, ...user } }) => (
  <>
    <PageHeader title={`Address of ${displayName(user)}`} />
    <div class="card card-body">
      <p>
        <Name class="fw-bold" text={email} />
      </p>
      {new_email !== null && (
        <p>
          <Name text={new_email} /> waits for its confirmation.
        </p>
      )}
      <p class="text-body-secondary">The audit log says that you have looked at it.</p>
      <div class="form-actions">
        <a class="btn btn-quiet" href={userPath(user.user_id)}>Back to the user</a>
      </div>
    </div>
  </>
));
