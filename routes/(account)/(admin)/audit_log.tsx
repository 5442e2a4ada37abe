import { page } from "fresh";
import { AuditExport, AuditFilters, AuditKept, AuditList } from "@/components/AuditLog.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { exportAuditLog, listAuditLog } from "@/lib/domain/operation/audit_log.ts";
import { auditExportForm, auditFields, auditLogForm } from "@/lib/shared/audit_log.ts";
import type { AuditEntryView } from "@/lib/shared/operation_views.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireChange, requireForm } from "@/lib/web/require_form.ts";
import { csvFile, jsonLinesFile } from "@/lib/web/streamed_file.ts";

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const query = requireForm(auditLogForm, texts);
    const view = await listAuditLog(services, actor, query);
    const { after: _, before: __, ...filter } = query;
    return wantsHtml(ctx.req) ? page({ view, fields: auditFields(filter) }) : Response.json(view);
  },
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    const request = await requireChange(ctx, auditExportForm);
    const portions = await exportAuditLog(services, actor, request);
    const filename = `${services.settings.appSlug}-audit-log.${request.format}`;
    return request.format === "csv"
      ? csvFile(filename, COLUMNS, rowsOf(portions))
      : jsonLinesFile(filename, portions);
  },
});

const COLUMNS = [
  "id",
  "at",
  "actor",
  "actor_id",
  "real_actor",
  "real_actor_id",
  "way",
  "api_key",
  "action",
  "target",
  "target_id",
  "changes",
  "reason",
  "notes",
  "request_id",
  "network",
  "browser",
] as const satisfies readonly (keyof AuditEntryView)[];

async function* rowsOf(portions: AsyncIterable<readonly AuditEntryView[]>) {
  for await (const entries of portions) {
    yield entries.map(({ changes, notes, undo: _, ...entry }) => ({
      ...entry,
      changes: changes.map(({ field, before, after }) =>
        before === null ? `${field} changed` : `${field}: ${before} -> ${after}`
      ).join("\n"),
      notes: Object.entries(notes).map(([name, value]) => `${name}: ${value}`).join("\n"),
    }));
  }
}

export default defineSignedIn.page<typeof handler>(({ data: { view, fields }, state, url }) => (
  <>
    <PageHeader title="Audit log">
      <AuditExport fields={fields} viewer_id={state.viewer.user_id} />
    </PageHeader>
    <AuditFilters fields={fields} />
    <AuditList
      view={view}
      fields={fields}
      viewer_id={state.viewer.user_id}
      path={url.pathname + url.search}
    />
    <AuditKept view={view} />
  </>
));
