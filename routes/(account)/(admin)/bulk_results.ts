import { readBulkResults } from "@/lib/domain/users/bulk_jobs.ts";
import { bulkIdForm } from "@/lib/shared/bulk.ts";
import type { BulkItemView } from "@/lib/shared/bulk_views.ts";
import { defineApi } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireForm } from "@/lib/web/require_form.ts";
import { csvFile } from "@/lib/web/streamed_file.ts";

const COLUMNS = ["user_id", "username", "email", "state", "reason"] as const;

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const { job_id } = requireForm(bulkIdForm, texts);
    const rows = await readBulkResults(services, actor, job_id);
    return csvFile(`${services.settings.appSlug}-bulk-${job_id}.csv`, COLUMNS, cellsOf(rows));
  },
});

async function* cellsOf(portions: AsyncIterable<readonly BulkItemView[]>) {
  for await (const items of portions) yield items.map((item) => ({ ...item }));
}
