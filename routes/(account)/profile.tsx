import { page } from "fresh";
import { ProfileCard } from "@/components/ProfileCard.tsx";
import { Icon } from "@/components/Icon.tsx";
import EditProfileModal from "@/islands/EditProfileModal.tsx";
import { getUser } from "@/lib/domain/users/read_users.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineApi } from "@/lib/web/define.ts";

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const user = await getUser(services, actor, actor.userId);
    return wantsHtml(ctx.req) ? page(user) : Response.json(user);
  },
});

export default defineApi.page<typeof handler>(({ data: user }) => {
  const { user_id } = user;
  return (
    <>
      <ProfileCard
        user={user}
        actions={
          <>
            <EditProfileModal user_id={user_id} />
            <a class="btn btn-quiet text-danger" href="/leave">
              <Icon name="trash" />
              Delete account
            </a>
          </>
        }
      />
    </>
  );
});
