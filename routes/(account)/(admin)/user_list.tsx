import { page } from "fresh";
import { BulkBar } from "@/components/BulkBar.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { StatusBadge } from "@/components/StatusBadge.tsx";
import { StatusForms } from "@/components/StatusForms.tsx";
import { StatusSwitch } from "@/components/StatusSwitch.tsx";
import { UserTable } from "@/components/UserTable.tsx";
import RowDialogs from "@/islands/RowDialogs.tsx";
import StatusSwitches from "@/islands/StatusSwitches.tsx";
import TickAll from "@/islands/TickAll.tsx";
import UserSearch from "@/islands/UserSearch.tsx";
import { listUserPage } from "@/lib/domain/users/read_users.ts";
import { userListForm } from "@/lib/shared/list_forms.ts";
import { exportPath, savePath, userListPath } from "@/lib/shared/user_list.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineApi } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireForm } from "@/lib/web/require_form.ts";

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const query = requireForm(userListForm, texts);
    const list = await listUserPage(services, actor, query);
    return wantsHtml(ctx.req) ? page({ list, query }) : Response.json(list);
  },
});

export default defineApi.page<typeof handler>(({ data: { list, query }, state }) => {
  const viewer_id = state.viewer.user_id;
  const isOwn = (id: number) => id === viewer_id;
  return (
    <>
      <PageHeader title="Users">
        <div class="row-actions">
          <a class="btn btn-quiet" href={savePath(query)}>Views</a>
          {!list.masked && (
            <>
              <a class="btn btn-quiet" href="/import_users">Import</a>
              <a class="btn btn-quiet" href={exportPath(query)}>Export</a>
              <a class="btn btn-quiet" href="/bulk_jobs">Bulk actions</a>
              <a class="btn btn-quiet" href="/deleted_users">Deleted users</a>
            </>
          )}
        </div>
      </PageHeader>
      <UserTable
        list={list}
        query={query}
        viewer_id={viewer_id}
        search={
          <UserSearch
            id="q"
            value={query.q}
            placeholder={list.masked ? "Name or id" : "Name, e-mail address or id"}
          />
        }
        tickAll={<TickAll />}
        // Support cannot change a status, and nobody their own.
        status={(user) =>
          list.masked || isOwn(user.user_id)
            ? <StatusBadge status={user.status} />
            : <StatusSwitch user_id={user.user_id} name={user.username} state={user} />}
      />
      <StatusForms viewer_id={viewer_id} list={userListPath(query)} />
      <StatusSwitches />
      {!list.masked && <BulkBar list={list} query={query} viewer_id={viewer_id} />}
      <RowDialogs viewer_id={viewer_id} />
    </>
  );
});
