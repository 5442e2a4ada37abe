import { page } from "fresh";
import { Head } from "fresh/runtime";
import { DeleteUserForm } from "@/components/DeleteUserForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { deleteUser } from "@/lib/domain/delete_user.ts";
import { getUser } from "@/lib/domain/users.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import { done } from "@/lib/web/answer.ts";
import { clearCookie } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext, type SignedInState } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { byFormMethod } from "@/lib/web/method_override.ts";
import { requireChange, requireForm } from "@/lib/web/require_form.ts";

async function DELETE(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { user_id } = requireChange(userIdForm, await readInput(ctx));
  const deleted = await deleteUser(services, actor, user_id);
  return deleted.user_id === actor.userId
    ? done(ctx, {
      flash: "account_deleted",
      location: "/login",
      data: { ...deleted },
      cookies: [clearCookie(services.settings, "session")],
    })
    : done(ctx, { flash: "user_deleted", location: "/user_list", data: { ...deleted } });
}

export const handler = defineSignedIn.handlers({
  // The question that the modal asks where there is script.
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    return page(await getUser(services, actor, requireForm(userIdForm, texts).user_id));
  },
  DELETE,
  POST: byFormMethod<SignedInState>({ DELETE }),
});

export default defineSignedIn.page<typeof handler>(({ data: user, state }) => {
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
          cancel={<a class="btn btn-quiet" href={own ? "/profile" : "/user_list"}>Cancel</a>}
        />
      </div>
    </>
  );
});
