import { page, type PageResponse } from "fresh";
import { Head } from "fresh/runtime";
import { EditUserForm } from "@/components/EditUserForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import AvatarPicker from "@/islands/AvatarPicker.tsx";
import EmailCheck from "@/islands/EmailCheck.tsx";
import { editUser } from "@/lib/domain/edit_user.ts";
import { getUser } from "@/lib/domain/users.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import type { UserView } from "@/lib/shared/views.ts";
import * as answer from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readUserEdit } from "@/lib/web/edit_input.ts";
import { readInput } from "@/lib/web/input.ts";
import { byFormMethod } from "@/lib/web/method_override.ts";
import { requireForm } from "@/lib/web/require_form.ts";

interface EditPage extends answer.FormView {
  readonly user: UserView;
}

async function PUT(ctx: SignedInContext): Promise<Response | PageResponse<EditPage>> {
  const { services, actor } = ctx.state;
  const input = await readInput(ctx);
  const form = await answer.onForm(ctx, async (texts) => {
    const edit = await readUserEdit(input);
    const outcome = "ok" in edit ? edit : await editUser(services, actor, edit);
    if (!outcome.ok) return answer.refused(ctx, outcome, texts);
    const own = outcome.value.user_id === actor.userId;
    return answer.done(ctx, {
      flash: own ? "saved" : "user_saved",
      location: answer.safePath(texts.get("next"), own ? "/profile" : "/user_list"),
      data: { ...outcome.value },
    });
  });
  if (form instanceof Response) return form;
  const user = await getUser(services, actor, requireForm(userIdForm, input.texts).user_id);
  return { ...form, data: { ...form.data, user } };
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const user = await getUser(services, actor, requireForm(userIdForm, texts).user_id);
    if (!answer.wantsHtml(ctx.req)) return Response.json(user);
    return page<EditPage>({ ...answer.EMPTY_FORM, user });
  },
  PUT,
  POST: byFormMethod({ PUT }),
});

export default defineSignedIn.page<typeof handler>(({ data, state }) => {
  const { user, values, errors, problem } = data;
  const { user_id, username, full_name, image } = user;
  const { viewer } = state;
  const own = user_id === viewer.user_id;
  return (
    <>
      <Head>
        <title>{`Edit ${username} · Roster`}</title>
      </Head>
      <PageHeader title={own ? "Edit profile" : `Edit ${username}`} />
      <div class="card card-body form-wide">
        <EditUserForm
          user={user}
          values={values}
          errors={errors}
          problem={problem}
          asAdmin={viewer.role === "admin"}
          own={own}
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
          cancel={<a class="btn btn-quiet" href={own ? "/profile" : "/user_list"}>Cancel</a>}
        />
      </div>
    </>
  );
});
