import { page } from "fresh";
import { DeletedUsers } from "@/components/DeletedUsers.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { listDeleted } from "@/lib/domain/users/deleted_users.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineApi } from "@/lib/web/define.ts";

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const users = await listDeleted(services, actor);
    return wantsHtml(ctx.req) ? page(users) : Response.json({ users });
  },
});

export default defineApi.page<typeof handler>(({ data: users, state }) => (
  <>
    <PageHeader title="Deleted users">
      <a class="btn btn-quiet" href="/user_list">All users</a>
    </PageHeader>
    <DeletedUsers users={users} viewer_id={state.viewer.user_id} />
  </>
));
