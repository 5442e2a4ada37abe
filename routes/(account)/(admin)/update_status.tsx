import type { PageResponse } from "fresh";
import { Head } from "fresh/runtime";
import { PageHeader } from "@/components/PageHeader.tsx";
import { SuspendForm } from "@/components/SuspendForm.tsx";
import { refuse } from "@/lib/domain/errors.ts";
import { updateStatus } from "@/lib/domain/users/update_status.ts";
import { statusForm } from "@/lib/shared/user_forms.ts";
import { displayName } from "@/lib/shared/users.ts";
import { done, onForm, refused, safePath } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { byFormMethod } from "@/lib/web/method_override.ts";
import { parseChange } from "@/lib/web/require_form.ts";
import { openUserForm, userFormPage, type UserFormView } from "@/lib/web/user_form.ts";

async function PUT(ctx: SignedInContext): Promise<Response | PageResponse<UserFormView>> {
  const { services, actor } = ctx.state;
  const form = await onForm(ctx, async (texts) => {
    const change = await parseChange(ctx, statusForm);
    if (!change.ok) return refused(ctx, refuse(change.errors), texts);
    const changed = await updateStatus(services, actor, change.value);
    return done(ctx, {
      flash: changed.status === "active" ? "user_activated" : "user_suspended",
      name: displayName(changed),
      location: safePath(texts.get("next"), "/user_list"),
      data: { ...changed },
    });
  });
  return await userFormPage(ctx, form);
}

export const handler = defineSignedIn.handlers({
  // Where there is script, a modal asks.
  GET: openUserForm,
  PUT,
  POST: byFormMethod({ GET: openUserForm, PUT }),
});

export default defineSignedIn.page<typeof handler>(
  ({ data: { user, next, values, errors, problem }, state }) => (
    <>
      <Head>
        <title>{`Suspend ${user.username} · Roster`}</title>
      </Head>
      <PageHeader title={`Suspend ${user.username}`} />
      <div class="card card-body form-narrow">
        <SuspendForm
          user_id={user.user_id}
          name={user.username}
          values={values}
          errors={errors}
          problem={problem}
          timeZone="UTC"
          viewer_id={state.viewer.user_id}
          next={next}
          cancel={<a class="btn btn-quiet" href={next}>Cancel</a>}
        />
      </div>
    </>
  ),
);
