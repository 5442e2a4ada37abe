import { page, type PageResponse } from "fresh";
import { BulkJob } from "@/components/BulkJob.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { cancelBulk, getBulk, startBulk, undoBulk } from "@/lib/domain/users/bulk_jobs.ts";
import { bulkIdForm, bulkLabel, userCount } from "@/lib/shared/bulk.ts";
import type { FlashCode } from "@/lib/shared/flash.ts";
import type { BulkJobView } from "@/lib/shared/bulk_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, wantsHtml } from "@/lib/web/answer.ts";
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

/** The message about a change, and the job to show then. */
interface Changed {
  readonly flash: FlashCode;
  readonly id: number;
}

/** Changes a job. If a rule is broken, its page comes back with the reason. */
function changing(run: (ctx: ApiContext, id: number) => Promise<Changed>) {
  return async (ctx: ApiContext): Promise<Response | BulkPage> => {
    const { services, actor } = ctx.state;
    const { job_id } = await requireChange(ctx, bulkIdForm);
    const answer = await onForm(ctx, async () => {
      const { flash, id } = await run(ctx, job_id);
      const data = { ...await getBulk(services, actor, id) };
      return done(ctx, { flash, location: `/bulk_job?job_id=${id}`, data });
    });
    if (answer instanceof Response) return answer;
    return { ...answer, data: { ...answer.data, job: await getBulk(services, actor, job_id) } };
  };
}

export const handler = defineApi.handlers({
  GET,
  POST: changing(async ({ state: { services, actor } }, id) => {
    await startBulk(services, actor, id);
    return { flash: "start_bulk_job", id };
  }),
  DELETE: changing(async ({ state: { services, actor } }, id) => {
    const state = await cancelBulk(services, actor, id);
    return { flash: `cancel_bulk_job.${state}`, id };
  }),
  PUT: changing(async ({ state: { services, actor } }, id) => ({
    flash: "undo_bulk_job",
    id: await undoBulk(services, actor, id),
  })),
});

export default defineApi.page<typeof handler>(({ data: { job, problem }, state }) => {
  const users = job.state === "preview" ? job.waiting : job.total;
  return (
    <>
      <PageHeader title={`${bulkLabel(job)} ${userCount(users)}`} />
      <BulkJob job={job} viewer_id={state.viewer.user_id} {...problem && { problem }} />
    </>
  );
});
