import { page } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { BulkForm } from "@/components/BulkForm.tsx";
import { BulkJobList } from "@/components/BulkJobList.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { refuse } from "@/lib/domain/errors.ts";
import { getBulk, listBulk, prepareBulk } from "@/lib/domain/users/bulk_jobs.ts";
import { bulkForm, bulkInputs, readBulkRequest, tickedNames } from "@/lib/shared/bulk.ts";
import { type FormView, refused, wantsHtml } from "@/lib/web/answer.ts";
import { defineApi } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { readChange } from "@/lib/web/require_form.ts";

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const jobs = await listBulk(services, actor);
    return wantsHtml(ctx.req) ? page({ jobs }) : Response.json({ jobs });
  },
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts: sent } = await readInput(ctx);
    const names = [...Object.keys(bulkForm), ...Object.keys(bulkInputs), ...tickedNames(sent)];
    const { texts } = await readChange(ctx, names);
    const request = readBulkRequest(texts);
    if (!request.ok) return refused(ctx, refuse(request.errors), texts);
    const id = await prepareBulk(services, actor, request.value);
    const location = `/bulk_job?job_id=${id}`;
    if (wantsHtml(ctx.req)) return new Response(null, { status: 303, headers: { location } });
    const message = "Nothing has happened yet. Start it by POST /bulk_job";
    return Response.json({ message, ...await getBulk(services, actor, id) }, { status: 201 });
  },
});

/** The hidden fields of a form that was refused, so that it can be sent again. */
function hiddenOf(values: FormView["values"]): Record<string, string> {
  const names = ["filter", "page", ...tickedNames(new Map(Object.entries(values)))];
  return Object.fromEntries(names.map((name) => [name, values[name] ?? ""]));
}

export default defineApi.page<typeof handler>(({ data, state }) => (
  <>
    <PageHeader title="Bulk actions" />
    {"jobs" in data ? <BulkJobList jobs={data.jobs} /> : (
      <section class="card card-body">
        {data.errors.filter && <Alert kind="error">{data.errors.filter}</Alert>}
        <BulkForm
          hidden={hiddenOf(data.values)}
          whom={WHOM}
          viewer_id={state.viewer.user_id}
          values={data.values}
          errors={data.errors}
        />
      </section>
    )}
  </>
));

const WHOM = {
  ticked: "The ticked ones",
  page: "All on the page",
  all: "All that match the filters",
};
