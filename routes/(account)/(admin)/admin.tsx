import { page } from "fresh";
import { Dashboard } from "@/components/Dashboard.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { viewDashboard } from "@/lib/domain/operation/dashboard.ts";
import { dashboardForm } from "@/lib/shared/list_forms.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireForm } from "@/lib/web/require_form.ts";

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const { by = "day" } = requireForm(dashboardForm, texts);
    const view = await viewDashboard(services, actor, by);
    return wantsHtml(ctx.req) ? page(view) : Response.json(view);
  },
});

export default defineSignedIn.page<typeof handler>(({ data: view }) => (
  <>
    <PageHeader title="Dashboard" />
    <Dashboard view={view} />
  </>
));
