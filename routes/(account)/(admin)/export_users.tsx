import { page } from "fresh";
import { ExportUsers } from "@/components/ExportUsers.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { describeExport, exportUsers } from "@/lib/domain/users/export_users.ts";
import { EXPORT_COLUMNS } from "@/lib/shared/user_export.ts";
import { exportChoiceForm, exportUsersForm } from "@/lib/shared/list_forms.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineApi } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireChange, requireForm } from "@/lib/web/require_form.ts";
import { csvFile } from "@/lib/web/streamed_file.ts";

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const query = requireForm(exportChoiceForm, texts);
    const { users } = await describeExport(services, actor, query);
    return wantsHtml(ctx.req) ? page({ users, query }) : Response.json({ users });
  },
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    const { separator = ",", bom, ...query } = await requireChange(ctx, exportUsersForm);
    const { rows } = await exportUsers(services, actor, query);
    const filename = `${services.settings.appSlug}-users.csv`;
    return csvFile(filename, EXPORT_COLUMNS, rows, { separator, bom: bom === "1" });
  },
});

export default defineApi.page<typeof handler>(({ data: { users, query }, state }) => (
  <>
    <PageHeader title="Export users" />
    <ExportUsers users={users} query={query} viewer_id={state.viewer.user_id} />
  </>
));
