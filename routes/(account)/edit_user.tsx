import type { PageResponse } from "fresh";
import { ActionButton } from "@/components/ActionButton.tsx";
import { EditUserForm } from "@/components/EditUserForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import AvatarPicker from "@/islands/AvatarPicker.tsx";
import EmailCheck from "@/islands/EmailCheck.tsx";
import { editUser } from "@/lib/domain/users/edit_user.ts";
import { openUser } from "@/lib/domain/users/open_users.ts";
import { getUser } from "@/lib/domain/users/read_users.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { type ApiContext, defineApi } from "@/lib/web/define.ts";
import { readUserEdit, valuesAfterConflict } from "@/lib/web/edit_input.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireForm } from "@/lib/web/require_form.ts";
import { answerAction } from "@/lib/web/user_action.ts";
import { openUserForm, userFormPage, type UserFormView } from "@/lib/web/user_form.ts";

async function PUT(ctx: ApiContext): Promise<Response | PageResponse<UserFormView>> {
  const { services, actor } = ctx.state;
  const form = await onForm(ctx, async (texts) => {
    const edit = await readUserEdit(ctx);
    const outcome = "ok" in edit ? edit : await editUser(services, actor, edit);
    if (!outcome.ok) return refused(ctx, outcome, texts);
    const { user, merged, awaitsEmail, entry } = outcome.value;
    const flash = awaitsEmail ? "edit_user.new_email" : merged ? "edit_user.merged" : undefined;
    return await answerAction(
      ctx,
      "edit_user",
      { ...user, ...(entry !== undefined && { entry }) },
      flash ? { flash } : {},
    );
  });
  const shown = await userFormPage(ctx, form);
  if (shown instanceof Response || !shown.data.conflicts) return shown;
  return { ...shown, data: { ...shown.data, values: valuesAfterConflict(shown.data.values) } };
}

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const opened = async (user: UserView) => ({
      ...user,
      ...await openUser(services, actor, user.user_id),
    });
    if (wantsHtml(ctx.req) || ctx.req.method === "POST") {
      const shown = await openUserForm(ctx);
      if (shown instanceof Response) return shown;
      return { ...shown, data: { ...shown.data, user: await opened(shown.data.user) } };
    }
    const { texts } = await readInput(ctx);
    const { user_id } = requireForm(userIdForm, texts);
    return Response.json(await opened(await getUser(services, actor, user_id)));
  },
  PUT,
});

export default defineApi.page<typeof handler>(({ data, state }) => {
  const { user, next, values, errors, problem, conflicts } = data;
  const { user_id, username, full_name, image } = user;
  const { viewer } = state;
  const own = user_id === viewer.user_id;
  const canView = user.role === "user" && state.services.settings.impersonation === "on";
  const actions = ["send_password_reset", ...(canView ? ["view_as"] as const : [])] as const;
  return (
    <>
      <PageHeader title={own ? "Edit profile" : `Edit ${username}`}>
        {!own && (
          <>
            <a class="btn btn-quiet" href={`/api_keys?user_id=${user_id}`}>API keys</a>
            <a class="btn btn-quiet" href={`/reset_two_factor?user_id=${user_id}`}>
              Reset two-factor sign-in
            </a>
          </>
        )}
      </PageHeader>
      <div class="card card-body form-wide">
        <EditUserForm
          user={user}
          values={values}
          errors={errors}
          problem={problem}
          conflicts={conflicts}
          asAdmin={viewer.role === "admin"}
          own={own}
          viewer_id={viewer.user_id}
          next={next}
          picture={
            <AvatarPicker
              user_id={user_id}
              username={username}
              full_name={full_name}
              image={image}
              error={errors.image}
            />
          }
          email={
            <EmailCheck value={values.email ?? user.email} error={errors.email} user_id={user_id} />
          }
          cancel={<a class="btn btn-quiet" href={next}>Cancel</a>}
        />
      </div>
      {!own && (
        <div class="form-actions mt-3">
          {actions.map((action) => (
            <ActionButton
              key={action}
              action={action}
              user_id={user_id}
              username={username}
              viewer_id={viewer.user_id}
              next={next}
              look="btn-quiet"
            />
          ))}
        </div>
      )}
    </>
  );
});
