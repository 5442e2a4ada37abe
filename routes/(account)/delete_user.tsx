import type { PageResponse } from "fresh";
import { Head } from "fresh/runtime";
import { DeleteUserForm } from "@/components/DeleteUserForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import { displayName } from "@/lib/shared/users.ts";
import { done, onForm, safePath } from "@/lib/web/answer.ts";
import { clearCookie } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { byFormMethod } from "@/lib/web/method_override.ts";
import { requireChange } from "@/lib/web/require_form.ts";
import { openUserForm, userFormPage, type UserFormView } from "@/lib/web/user_form.ts";

async function DELETE(ctx: SignedInContext): Promise<Response | PageResponse<UserFormView>> {
  const { services, actor } = ctx.state;
  const form = await onForm(ctx, async (texts) => {
    const { user_id } = await requireChange(ctx, userIdForm);
    const deleted = await deleteUser(services, actor, user_id);
    if (user_id === actor.userId) {
      const cookies = [clearCookie(services.settings, "session")];
      return done(ctx, {
        flash: "account_deleted",
        location: "/login",
        data: { ...deleted },
        cookies,
      });
    }
    const location = safePath(texts.get("next"), "/user_list");
    const name = displayName(deleted);
    return done(ctx, { flash: "user_deleted", name, location, data: { ...deleted } });
  });
  return await userFormPage(ctx, form);
}

export const handler = defineSignedIn.handlers({
  // The question that the modal asks where there is script.
  GET: openUserForm,
  DELETE,
  POST: byFormMethod({ GET: openUserForm, DELETE }),
});

export default defineSignedIn.page<typeof handler>(
  ({ data: { user, next, problem }, state }) => {
    const { user_id, username } = user;
    const own = user_id === state.viewer.user_id;
    return (
      <>
        <Head>
          <title>{`Delete ${username} · Roster`}</title>
        </Head>
        <PageHeader title={own ? "Delete your account" : `Delete ${username}`} />
        <div class="card card-body form-narrow">
          <DeleteUserForm
            user_id={user_id}
            name={username}
            own={own}
            problem={problem}
            viewer_id={state.viewer.user_id}
            next={next}
            cancel={<a class="btn btn-quiet" href={next}>Cancel</a>}
          />
        </div>
      </>
    );
  },
);
