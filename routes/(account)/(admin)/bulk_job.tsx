import { page, type PageResponse } from "fresh";
import { BulkJob } from "@/components/BulkJob.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { cancelBulk, getBulk, startBulk, undoBulk } from "@/lib/domain/users/bulk_jobs.ts";
import { BULK_LABELS, bulkIdForm, userCount } from "@/lib/shared/bulk.ts";
import type { BulkJobView } from "@/lib/shared/bulk_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, wantsHtml } from "@/lib/web/answer.ts";
import type { FlashCode } from "@/lib/shared/flash.ts";
import { type ApiContext, defineApi } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireChange, requireForm } from "@/lib/web/require_form.ts";

/** After so many seconds the page of a running job loads itself again, also without script. */
const RELOAD_SECONDS = 3;

type BulkPage = PageResponse<FormView & { readonly job: BulkJobView }>;

async function GET(ctx: ApiContext): Promise<Response | BulkPage> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const { job_id } = requireForm(bulkIdForm, texts);
  const job = await getBulk(services, actor, job_id);
  if (!wantsHtml(ctx.req)) return Response.json(job);
  const headers = job.state === "running" ? { refresh: String(RELOAD_SECONDS) } : {};
  return page({ ...EMPTY_FORM, job }, { headers });
}

/** Changes a job and shows the one with the returned id. If a rule is broken, its page says why. */
function changing(flash: FlashCode, run: (ctx: ApiContext, id: number) => Promise<number>) {
  return async (ctx: ApiContext): Promise<Response | BulkPage> => {
    const { services, actor } = ctx.state;
    const asked = await requireChange(ctx, bulkIdForm);
    const answer = await onForm(ctx, async () => {
      const job_id = await run(ctx, asked.job_id);
      return done(ctx, { flash, location: `/bulk_job?job_id=${job_id}`, data: { job_id } });
    });
    if (answer instanceof Response) return answer;
    const job = await getBulk(services, actor, asked.job_id);
    return { ...answer, data: { ...answer.data, job } };
  };
}

export const handler = defineApi.handlers({
  GET,
  POST: changing("start_bulk_job", async ({ state: { services, actor } }, id) => {
    await startBulk(services, actor, id);
    return id;
  }),
  DELETE: changing("cancel_bulk_job", async ({ state: { services, actor } }, id) => {
    await cancelBulk(services, actor, id);
    return id;
  }),
  PUT: changing(
    "undo_bulk_job",
    ({ state: { services, actor } }, id) => undoBulk(services, actor, id),
  ),
});

export default defineApi.page<typeof handler>(({ data: { job, problem }, state }) => {
  const users = job.state === "preview" ? job.waiting : job.total;
  return (
    <>
      <PageHeader title={`${BULK_LABELS[job.action]} ${userCount(users)}`} />
      <BulkJob job={job} viewer_id={state.viewer.user_id} {...problem && { problem }} />
    </>
  );
});
